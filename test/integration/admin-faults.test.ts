import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import type { AdminPort, Live } from '../../src/admin/port.ts';
import { canonical, type JsonObject } from '../../src/caddy/json.ts';
import { adminFor, failureOf } from '../support/admin-client.ts';
import { type RunningCaddy, startCaddy } from '../support/caddy.ts';
import { freePort } from '../support/client/ports.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { says, staticApp } from '../support/static-app.ts';

const WRITE = 'POST /config/apps';
const READ = 'GET /config/apps';

let caddy: RunningCaddy;
let proxy: FaultProxy;
let client: AdminPort;
let port: number;
let base: Live;
let next: string;

beforeEach(async () => {
  port = await freePort();
  caddy = await startCaddy({ caddyPath: inject('caddyPath'), config: { apps: staticApp(port, 'base') } });
  proxy = await startFaultProxy(caddy.endpoint);
  client = adminFor(proxy.address);
  base = await client.read('apps');
  next = canonical(staticApp(port, 'next'));
});

afterEach(async () => {
  await proxy.stop();
  await caddy.stop();
});

/** How often Caddy was told to load what it already ran, and did not. */
function unchanged(): number {
  return caddy.logs().split('"msg":"config is unchanged"').length - 1;
}

test('without a fault a write is one request, with one look at the metrics before it', async () => {
  const before = proxy.requests.length;
  await client.write('apps', next, base);
  expect(proxy.requests.slice(before)).toEqual(['GET /metrics', WRITE]);
  expect(await says(port)).toBe('next');
});

test.each(['reset before the body', 'reset in the body', 'request lost'] satisfies Fault[])(
  '%s: found not done, and sent once more',
  async (fault) => {
    proxy.on(WRITE, fault);
    await client.write('apps', next, base);
    expect(await says(port)).toBe('next');
    expect(proxy.writes()).toEqual([WRITE, WRITE]);
    expect(unchanged()).toBe(0);
  },
);

/** Waits a second for an answer, which is enough for loads that take milliseconds. */
function hasty(): AdminPort {
  return adminFor(proxy.address, { timeouts: { answer: 1_000, perMebibyte: 0 } });
}

test.each(['answer lost', 'silence', 'garbage', 'gateway time-out'] satisfies Fault[])(
  '%s: found done, and confirmed without a second load',
  async (fault) => {
    proxy.on(WRITE, fault);
    await hasty().write('apps', next, base);
    expect(await says(port)).toBe('next');
    expect(proxy.writes()).toEqual([WRITE, WRITE]);
    expect(unchanged()).toBe(1);
  },
);

test('the first write of all, its answer lost', async () => {
  const empty = await startCaddy({ caddyPath: inject('caddyPath') });
  const front = await startFaultProxy(empty.endpoint);
  try {
    const first = adminFor(front.address);
    const none = await first.read('apps');
    front.on('PUT /config/apps', 'answer lost');
    await first.write('apps', canonical(staticApp(await freePort(), 'first')), none);
    expect(front.writes()).toEqual(['PUT /config/apps', WRITE]);
  } finally {
    await front.stop();
    await empty.stop();
  }
});

test('lost twice: not applied, and not sent a third time', async () => {
  proxy.on(WRITE, 'request lost', 2);
  expect(await failureOf(client.write('apps', next, base))).toMatchObject({ kind: 'not-applied' });
  expect(proxy.writes()).toEqual([WRITE, WRITE]);
  expect(await says(port)).toBe('base');
  await client.write('apps', next, base);
  expect(await says(port)).toBe('next');
});

test('a rejection whose answer is lost is found not done, sent once more, and then known', async () => {
  proxy.on(WRITE, 'answer lost');
  const bad = next.replace('static_response', 'no_such_handler');
  expect(await failureOf(client.write('apps', bad, base))).toMatchObject({ kind: 'rejected', panicked: false });
  expect(await says(port)).toBe('base');
});

test('a conflict whose answer is lost is still a conflict', async () => {
  const others = canonical(staticApp(port, 'others'));
  expect((await caddy.admin('POST', '/config/apps', others)).status).toBe(200);
  proxy.on(WRITE, 'answer lost');
  expect(await failureOf(client.write('apps', next, base))).toEqual({ kind: 'conflict' });
  expect(await says(port)).toBe('others');
});

test('a forced load of what is there, its answer lost, is rather done twice than not at all', async () => {
  proxy.on(WRITE, 'request lost');
  const before = await client.reloads();
  await client.write('apps', canonical(base.value), base, { force: true });
  expect((await client.reloads())?.lastSuccess).toBeGreaterThan(before?.lastSuccess ?? Number.NaN);
});

describe('a write that arrives late', () => {
  test('does not undo what came after it', async () => {
    proxy.on(WRITE, 'late');
    await client.write('apps', next, base);
    const last = canonical(staticApp(port, 'last'));
    await client.write('apps', last, await client.read('apps'));
    expect(await proxy.deliverLate()).toEqual([412]);
    expect(await says(port)).toBe('last');
  });

  test('does not make its own repetition a conflict', async () => {
    proxy.on(WRITE, 'late');
    proxy.on(WRITE, 'late ones first');
    await client.write('apps', next, base);
    expect(await says(port)).toBe('next');
    expect(unchanged()).toBe(1);
  });
});

describe('an outcome that cannot be found out is called unknown', () => {
  test('where reading back fails until patience ends', async () => {
    const impatient = adminFor(proxy.address, { timeouts: { patience: 500 } });
    proxy.on(WRITE, 'answer lost');
    proxy.on(READ, 'reset before the body', Number.POSITIVE_INFINITY);
    expect(await failureOf(impatient.write('apps', next, base))).toMatchObject({ kind: 'unknown-outcome' });
    expect(proxy.writes()).toEqual([WRITE]);
  });

  test('where it is shown and never confirmed, and what runs is left alone', async () => {
    proxy.on(WRITE, 'answer lost', Number.POSITIVE_INFINITY);
    expect(await failureOf(client.write('apps', next, base))).toMatchObject({ kind: 'unknown-outcome' });
    expect(await says(port)).toBe('next');
  });
});

test('a read is asked again when the connection breaks off', async () => {
  proxy.on(READ, 'answer lost', 2);
  expect((await client.read('apps')).value).toEqual(staticApp(port, 'base'));
});

describe('busy is told from hung', () => {
  test('a write that Caddy takes long over is waited for, and done', async () => {
    // The load that closes a listener is held up by `shutdown_delay`, with all reads of the config behind it.
    const http = { ...(staticApp(port, 'slow')['http'] as JsonObject), shutdown_delay: '3s' };
    await client.write('apps', canonical({ http }), base);
    const running = await client.read('apps');
    const newPort = await freePort();

    const write = hasty().write('apps', canonical(staticApp(newPort, 'elsewhere')), running);
    await vi.waitFor(() => expect(caddy.logs()).toContain('shutdown scheduled'));
    expect(await failureOf(hasty().read('apps'))).toEqual({ kind: 'timeout', milliseconds: 1_000, busy: true });
    await write;
    expect(await says(newPort)).toBe('elsewhere');
    expect(unchanged()).toBe(1);
  });

  test('a Caddy that does nothing is not waited for', async () => {
    process.kill(caddy.pid, 'SIGSTOP');
    try {
      const brief = adminFor(caddy.address, { timeouts: { connect: 1_000, answer: 300, perMebibyte: 0 } });
      expect(await failureOf(brief.read('apps'))).toEqual({ kind: 'timeout', milliseconds: 300, busy: false });
      expect(await failureOf(brief.write('apps', next, base))).toMatchObject({ kind: 'unknown-outcome' });
    } finally {
      process.kill(caddy.pid, 'SIGCONT');
    }
  });
});
