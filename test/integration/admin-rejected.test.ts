import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import type { AdminPort } from '../../src/admin/port.ts';
import { canonical, type JsonObject } from '../../src/caddy/json.ts';
import { adminFor, errorOf, failureOf } from '../support/admin-client.ts';
import { type RunningCaddy, startCaddy } from '../support/caddy.ts';
import { freePort } from '../support/client/ports.ts';
import { PANICKING_MATCHER, says, staticApp } from '../support/static-app.ts';

let caddy: RunningCaddy;
let client: AdminPort;
let port: number;

beforeEach(async () => {
  port = await freePort();
  caddy = await startCaddy({ caddyPath: inject('caddyPath'), config: { apps: staticApp(port, 'good') } });
  client = adminFor(caddy.address);
});
afterEach(() => caddy.stop());

async function expectGoodServed(): Promise<void> {
  for (let request = 0; request < 50; request++) expect(await says(port)).toBe('good');
  expect((await client.read('apps')).value).toEqual(staticApp(port, 'good'));
}

async function expectNextWriteServed(): Promise<void> {
  await client.write('apps', canonical(staticApp(port, 'next')), await client.read('apps'));
  expect(await says(port)).toBe('next');
}

describe('a rejected config leaves the old one serving, and the admin API answering', () => {
  test("at its handlers: Caddy's own text names the place", async () => {
    const bad = canonical(staticApp(port, 'bad')).replace('static_response', 'no_such_handler');
    const error = await errorOf(client.write('apps', bad, await client.read('apps')));
    expect(error.failure).toMatchObject({ kind: 'rejected', panicked: false });
    expect(error.message).toContain('server test: setting up route handlers: route 0');
    expect(error.message).toContain('unknown module: http.handlers.no_such_handler');
    expect(await client.reloads()).toMatchObject({ successful: false });
    await expectGoodServed();
    await expectNextWriteServed();
  });

  test('at a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port: taken } = other.address() as { port: number };
    try {
      const both = staticApp(port, 'bad') as { http: { servers: JsonObject } };
      const bad = { http: { servers: { ...both.http.servers, taken: { listen: [`127.0.0.1:${taken}`] } } } };
      const failure = await failureOf(client.write('apps', canonical(bad), await client.read('apps')));
      expect(failure).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('address already in use') });
      expect(failure).not.toHaveProperty('restoreProblem');
      await expectGoodServed();
    } finally {
      other.close();
    }
    await expectNextWriteServed();
  });

  test('before it is loaded: an @id twice', async () => {
    const bad = canonical(staticApp(port, 'bad'))
      .replaceAll('{"handle"', '{"@id":"twice","handle"')
      .replace('"http":{', '"http":{"@id":"twice",');
    const failure = await failureOf(client.write('apps', bad, await client.read('apps')));
    expect(failure).toMatchObject({ kind: 'rejected', reason: expect.stringContaining("duplicate ID 'twice'") });
    await expectGoodServed();
  });

  test('of the scope logging', async () => {
    const bad = canonical({ logs: { default: { writer: { output: 'no_such_writer' } } } });
    const failure = await failureOf(client.write('logging', bad, await client.read('logging')));
    expect(failure).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('no_such_writer') });
    expect((await client.read('logging')).value).toBeNull();
    await expectGoodServed();
  });
});

describe('a config that makes Caddy panic is known not to run, though Caddy shows it', () => {
  const panicked = {
    kind: 'rejected',
    reason: 'it panicked while loading it',
    panicked: true,
    restoreProblem: undefined,
  };

  test('and Caddy is made to show again what runs', async () => {
    const bad = staticApp(port, 'bad', [PANICKING_MATCHER]);
    expect(await failureOf(client.write('apps', canonical(bad), await client.read('apps')))).toEqual(panicked);
    expect(caddy.logs()).toContain('http: panic serving');
    await expectGoodServed();
    await expectNextWriteServed();
  });

  test('also as the first config', async () => {
    const empty = await startCaddy({ caddyPath: inject('caddyPath') });
    try {
      const first = adminFor(empty.address);
      const ownPort = await freePort();
      const bad = staticApp(ownPort, 'bad', [PANICKING_MATCHER]);
      expect(await failureOf(first.write('apps', canonical(bad), await first.read('apps')))).toEqual(panicked);
      expect((await first.read('apps')).value).toBeNull();
      await first.write('apps', canonical(staticApp(ownPort, 'next')), await first.read('apps'));
      expect(await says(ownPort)).toBe('next');
    } finally {
      await empty.stop();
    }
  });

  test('which is what the client is up against: shown, and not served', async () => {
    const bad = staticApp(port, 'bad', [PANICKING_MATCHER]);
    await expect(caddy.admin('POST', '/config/apps', canonical(bad))).rejects.toThrow('socket hang up');
    expect((await caddy.admin('GET', '/config/apps')).json).toEqual(bad);
    expect(await says(port)).toBe('good');
  });
});
