import { afterEach, describe, expect, inject, test } from 'vitest';
import { isAtLeast } from '../../src/caddy/capabilities.ts';
import { canonical } from '../../src/caddy/json.ts';
import { adminFor } from '../support/admin-client.ts';
import { type RunningCaddy, startCaddy } from '../support/caddy.ts';
import { freePort } from '../support/client/ports.ts';
import { says, staticApp } from '../support/static-app.ts';

const caddyPath = inject('caddyPath');
let caddy: RunningCaddy;
afterEach(() => caddy.stop());

describe.each(['unix', 'tcp'] as const)('over %s', (admin) => {
  test('the first write, the next one, and what is read and served after each', async () => {
    caddy = await startCaddy({ caddyPath, admin });
    const client = adminFor(caddy.address);
    const port = await freePort();

    const none = await client.read('apps');
    expect(none.value).toBeNull();
    await client.write('apps', canonical(staticApp(port, 'one')), none);
    expect(await says(port)).toBe('one');

    const one = await client.read('apps');
    expect(one.value).toEqual(staticApp(port, 'one'));
    await client.write('apps', canonical(staticApp(port, 'two')), one);
    expect(await says(port)).toBe('two');
    expect((await client.read('apps')).etag).not.toBe(one.etag);
  });

  test('an admin API that wants an Origin header gets it', async () => {
    caddy = await startCaddy({ caddyPath, admin });
    const origins = [caddy.address, 'http://127.0.0.1'];
    const config = { admin: { enforce_origin: true, origins } };
    expect((await caddy.admin('POST', '/load', JSON.stringify(config))).status).toBe(200);
    expect((await caddy.admin('GET', '/config/')).status).toBe(403);

    const client = adminFor(caddy.address);
    const port = await freePort();
    await client.write('apps', canonical(staticApp(port, 'hello')), await client.read('apps'));
    expect(await says(port)).toBe('hello');
  });
});

test('localhost as an address finds a Caddy on 127.0.0.1', async () => {
  caddy = await startCaddy({ caddyPath, admin: 'tcp' });
  expect((await adminFor(caddy.address.replace('127.0.0.1', 'localhost')).read('apps')).value).toBeNull();
});

test('what is not in the scope stays as it was, the admin block above all', async () => {
  const admin = { config: { persist: false } };
  caddy = await startCaddy({ caddyPath, config: { admin } });
  const client = adminFor(caddy.address);
  const apps = staticApp(await freePort(), 'x');
  await client.write('apps', canonical(apps), await client.read('apps'));
  await client.write('logging', canonical({ logs: { default: { level: 'WARN' } } }), await client.read('logging'));
  expect((await caddy.admin('GET', '/config/')).json).toEqual({
    admin,
    apps,
    logging: { logs: { default: { level: 'WARN' } } },
  });
});

test('logging may be the first thing a Caddy without a config gets', async () => {
  caddy = await startCaddy({ caddyPath });
  const client = adminFor(caddy.address);
  await client.write('logging', canonical({ logs: { default: { level: 'WARN' } } }), await client.read('logging'));
  expect((await client.read('logging')).value).toEqual({ logs: { default: { level: 'WARN' } } });
  expect((await client.read('apps')).value).toBeNull();
});

test('apps that are there and null can be written, where PUT would be refused', async () => {
  caddy = await startCaddy({ caddyPath, config: { apps: null } });
  const client = adminFor(caddy.address);
  const port = await freePort();
  await client.write('apps', canonical(staticApp(port, 'hello')), await client.read('apps'));
  expect(await says(port)).toBe('hello');
});

test('the same config again is no load, unless by force', async () => {
  const port = await freePort();
  caddy = await startCaddy({ caddyPath, config: { apps: staticApp(port, 'same') } });
  const client = adminFor(caddy.address);
  const body = canonical(staticApp(port, 'same'));
  const before = await client.reloads();
  expect(before).toMatchObject({ successful: true, lastSuccess: expect.any(Number), started: expect.any(Number) });

  await client.write('apps', body, await client.read('apps'));
  expect(await client.reloads()).toEqual(before);

  await client.write('apps', body, await client.read('apps'), { force: true });
  expect((await client.reloads())?.lastSuccess).toBeGreaterThan(before?.lastSuccess ?? 0);
});

test('what Caddy can do is told by adapting, and nothing is changed by it', async () => {
  caddy = await startCaddy({ caddyPath });
  const client = adminFor(caddy.address);
  expect(isAtLeast((await client.probe()).level, '2.11')).toBe(true);
  expect(await client.has('reverse_proxy')).toBe(true);
  expect(await client.has('no_such_directive')).toBe(false);
  expect(await client.adapt(':80\n')).toEqual({ ok: true });
  expect(await client.adapt(':80 {\n\tnonsense\n}\n')).toEqual({
    ok: false,
    message: expect.stringContaining('unrecognized directive: nonsense'),
  });
  expect((await caddy.admin('GET', '/config/')).json).toBeNull();
});
