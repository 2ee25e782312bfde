import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type Applying, startApplying } from '../support/applying.ts';
import { type Backend, startBackend } from '../support/backend/backend.ts';
import { webSocketApp } from '../support/backend/websocket.ts';
import { freePort } from '../support/client/ports.ts';
import { webSocket } from '../support/client/websocket.ts';

let at: Applying | undefined;
let app: Backend;
let port: number;

beforeEach(async () => {
  const { upgrade } = webSocketApp();
  app = await startBackend({ app: (_request, response) => response.end('hello'), upgrade });
  port = await freePort();
});
afterEach(async () => {
  await app.stop();
  await at?.stop();
});

interface Foreign {
  readonly proxy?: object;
  readonly http?: object;
}

/** A Caddy with somebody else's server, where three WebSockets are open, and a policy for another. */
async function besides({ proxy = {}, http = {} }: Foreign) {
  const handle = [{ handler: 'reverse_proxy', upstreams: [{ dial: app.address }], ...proxy }];
  const below = [{ handler: 'subroute', routes: [{ handle }] }];
  const srv0 = {
    listen: [`127.0.0.1:${port}`],
    automatic_https: { disable: true },
    routes: [{ handle: below }],
  };
  const applying = await startApplying({
    caddyPath: inject('caddyPath'),
    config: { apps: { http: { servers: { srv0 }, ...http } } },
  });
  at = applying;
  await applying.write(
    `sites:\n  a.example.com:\n    listen: '127.0.0.1:${await freePort()}'\n    tls: off\n    routes: { /: { respond: hello } }\n`,
  );
  const sockets = await Promise.all([1, 2, 3].map(() => webSocket({ host: 'b.example.com', port }, '/ws')));
  return { applying, sockets };
}

const line = 'Closes up to 3 open requests: Caddy\'s server "srv0" has proxies without stream_close_delay';

test('what a push closes is counted before it, and closed by it', async () => {
  const { applying, sockets } = await besides({ http: { metrics: {} } });
  expect((await applying.run('diff')).stdout).toContain(`\n${line}\n`);
  const told = JSON.parse((await applying.run('diff', '-o', 'json')).stdout) as unknown;
  expect(told).toMatchObject({ closes: [{ server: 'srv0', atMost: 3 }] });
  const applied = await applying.run('apply');
  expect(applied).toMatchObject({ code: 0 });
  expect(applied.stderr).toContain(`\n${line}\n`);
  await Promise.all(sockets.map(({ closed }) => closed));
  // Nobody is left whom the next one could close.
  await applying.write('sites: {}\n');
  const next = await applying.run('diff');
  expect(next.stdout).toContain('- site a.example.com');
  expect(next.stdout).not.toContain('Closes');
});

test('without metrics it is said that the number is not known', async () => {
  const { applying, sockets } = await besides({});
  const { stdout } = await applying.run('diff');
  expect(stdout).toContain("how many are open is not known: Caddy's metrics are off\n");
  expect(stdout).not.toContain('up to');
  for (const socket of sockets) socket.leave();
});

test('with the delay nothing is closed and nothing is said', async () => {
  const { applying, sockets } = await besides({ proxy: { stream_close_delay: '1h' }, http: { metrics: {} } });
  const diff = await applying.run('diff');
  expect(diff.stdout + diff.stderr).not.toContain('Closes');
  expect(JSON.parse((await applying.run('diff', '-o', 'json')).stdout)).not.toHaveProperty('closes');
  const applied = await applying.run('apply');
  expect(applied).toMatchObject({ code: 0 });
  expect(applied.stderr).not.toContain('Closes');
  for (const socket of sockets) {
    socket.send('still here');
    expect(await socket.nextMessage()).toBe('still here');
    socket.leave();
  }
});
