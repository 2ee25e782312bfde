import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import type { TlsFiles } from '../../src/admin/transport.ts';
import { canonical, type JsonObject } from '../../src/caddy/json.ts';
import { adminFor, errorOf, failureOf } from '../support/admin-client.ts';
import { type RunningCaddy, startCaddy } from '../support/caddy.ts';
import { freePort } from '../support/client/ports.ts';

/** Caddy's own remote admin, which lets in nobody but the holder of one certificate; its internal CA makes all of them. */
let caddy: RunningCaddy;
let ca: string;
let known: TlsFiles;
let unknown: TlsFiles;
let address: string;

const apps = {
  pki: { certificate_authorities: { local: { install_trust: false } } },
  tls: {
    certificates: { automate: ['known.test', 'unknown.test'] },
    automation: { policies: [{ issuers: [{ module: 'internal' }] }] },
  },
};

beforeAll(async () => {
  caddy = await startCaddy({ caddyPath: inject('caddyPath'), config: { apps } });
  ca = await caddy.rootCa();
  known = await clientCertificate('known.test');
  unknown = await clientCertificate('unknown.test');
  const port = await freePort();
  const admin = {
    identity: { identifiers: ['localhost'], issuers: [{ module: 'internal' }] },
    remote: { listen: `127.0.0.1:${port}`, access_control: [{ public_keys: [derOf(known.cert ?? '')] }] },
  };
  const loaded = await caddy.admin('POST', '/load', JSON.stringify({ apps, admin }));
  expect(loaded.text).toBe('');
  address = `https://localhost:${port}`;
  // Its certificate is made after the load.
  await vi.waitFor(() => adminFor(address, { tls: { ca, ...known } }).read('apps'), { timeout: 20_000 });
});

afterAll(() => caddy.stop());

test('the holder of the certificate reads and writes', async () => {
  const client = adminFor(address, { tls: { ca, ...known } });
  for (const count of [1, 2, 3]) {
    const base = await client.read('apps');
    await client.write('apps', canonical({ ...(base.value as JsonObject), http: { grace_period: count } }), base);
    expect((await client.read('apps')).value).toEqual({ ...apps, http: { grace_period: count } });
  }
});

test('nobody else does', async () => {
  const refused = { kind: 'unauthorised', reason: 'it wants a client certificate that it knows' };
  expect(await failureOf(adminFor(address, { tls: { ca } }).read('apps'))).toEqual(refused);
  expect(await failureOf(adminFor(address, { tls: { ca, ...unknown } }).read('apps'))).toEqual(refused);
});

test('a server whose certificate is not trusted is sent nothing', async () => {
  expect(await failureOf(adminFor(address, { tls: known }).read('apps'))).toMatchObject({
    kind: 'unreachable',
    tls: true,
  });
  const byAddress = address.replace('localhost', '127.0.0.1');
  expect(await failureOf(adminFor(byAddress, { tls: { ca, ...known } }).read('apps'))).toMatchObject({
    kind: 'unreachable',
    tls: true,
  });
});

test('the wrong scheme and an unusable certificate are said as such', async () => {
  const plain = await errorOf(adminFor(address.replace('https', 'http')).read('apps'));
  expect(plain.kind).toBe('protocol');
  expect(plain.message).toContain('Client sent an HTTP request to an HTTPS server');
  const unusable = { ca, cert: 'not PEM', key: known.key };
  expect(await failureOf(adminFor(address, { tls: unusable }).read('apps'))).toMatchObject({
    kind: 'unreachable',
    tls: true,
  });
});

async function clientCertificate(name: string): Promise<TlsFiles> {
  const path = join(caddy.folder, 'data/caddy/certificates/local', name, name);
  const pem = async (suffix: string): Promise<string> => {
    const text = await readFile(`${path}.${suffix}`, 'utf8');
    expect(text).toContain('-----END');
    return text;
  };
  return vi.waitFor(async () => ({ cert: await pem('crt'), key: await pem('key') }), { timeout: 20_000 });
}

function derOf(pem: string): string {
  return (pem.split('-----')[2] ?? '').replaceAll(/\s/g, '');
}
