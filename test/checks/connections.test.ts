import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Check } from '../../src/checks/check.ts';
import { runChecks } from '../../src/checks/run.ts';
import { until } from '../support/until.ts';

/** Answers as often as is said on each connection, and then closes it at the next question, without a word. */
let answers: number;
let connections: Set<Socket>;
let opened: number;
let server: Server;
beforeEach(async () => {
  [connections, opened] = [new Set(), 0];
  server = createServer((socket) => {
    opened++;
    connections.add(socket);
    socket.on('close', () => connections.delete(socket)).on('error', () => {});
    let left = answers;
    socket.on('data', () => {
      if (left-- === 0) socket.destroy();
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => server.close());

function asked(count: number) {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const where = new Map([[':80', { dial: { host: '127.0.0.1', port: address.port }, from: '127.0.0.1', near: true }]]);
  const checks = Array.from({ length: count }, (_, n): Check => {
    const to = { at: ':80', tls: false, serverName: `s${n}.test`, http: 1 } as const;
    const ask = { method: 'GET', target: '/', host: `s${n}.test` };
    const probe = { kind: 'answer', to, asks: [ask], expects: { status: { oneOf: [200] } } } as const;
    return { id: `${n}`, name: 'written', site: ask.host, says: '', origin: undefined as never, probe };
  });
  return runChecks(checks, where, { env: {}, timeout: 5_000, atOnce: 2 });
}

test('the questions of a run share connections, and none is left after it', async () => {
  answers = 100;
  expect(new Set((await asked(20)).map(({ outcome }) => outcome))).toEqual(new Set(['passed']));
  expect(opened).toBeLessThan(6);
  await until(() => (connections.size === 0 ? true : undefined));
});

test('one that is closed when it is used again is no answer: the question is asked on a new one', async () => {
  answers = 1;
  expect(new Set((await asked(10)).map(({ outcome }) => outcome))).toEqual(new Set(['passed']));
});

test('one that is closed at its first question is', async () => {
  answers = 0;
  expect(new Set((await asked(2)).map(({ outcome }) => outcome))).toEqual(new Set(['failed']));
});
