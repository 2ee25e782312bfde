import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { all } from '../support/client/answer.ts';
import { http1 } from '../support/client/http1.ts';
import { endAll, type Run } from '../support/up.ts';
import { logOf, logs, startWatching, type Watching } from '../support/watching.ts';

const servers: Server[] = [];
const addresses = new Map<string, string>();
beforeAll(async () => {
  for (const body of ['web', 'evil']) {
    const server = createServer((_, answer) => answer.end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    addresses.set(body, `127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
});
afterAll(() => servers.forEach((server) => server.close()));
const backend = (name: string): string => addresses.get(name) ?? '';

let at: Watching;
beforeEach(async () => {
  at = await startWatching();
  for (const folder of ['evil', 'web']) await mkdir(join(at.folder, 'policies', folder));
  await at.write(owners(), 'owners.yaml');
});
afterEach(async () => {
  await endAll([]);
  await at.stop();
});

/** The one has all but what the other has, and its files come first. */
function owners(more = ''): string {
  return `owners:
  evil: { folder: evil, hosts: [example.com, evil.example], upstreams: "${backend('evil')}", routes: 20${more} }
  web: { folder: web, hosts: [shop.example.com, bücher.example], upstreams: "${backend('web')}" }
`;
}

const own = 'sites: { example.com: { tls: off, respond: evil } }\n';

function victim(version: string): string {
  return `services: { app: { at: "${backend('web')}" } }
presets: { gate: { headers: { X-Gate: web } } }
sites:
  shop.example.com:
    tls: off
    use: [secure, gate]
    routes:
      /: { respond: ${version} }
      /app: app
  bücher.example: { tls: off, respond: ${version} }
`;
}

function watch(...flags: readonly string[]): Run {
  const file = join(at.folder, 'policies/owners.yaml');
  return at.watchWith({
    flags: ['--owners', file, '--http-port', String(at.port), ...flags],
    env: { CANARY: 'canary-of-the-operator' },
  });
}

async function started(...flags: readonly string[]): Promise<Run> {
  await at.startCaddy();
  await at.write(own, 'evil/a.yaml');
  await at.write(victim('v0'), 'web/site.yaml');
  const run = watch(...flags);
  await at.serves('shop.example.com', 'v0');
  return run;
}

async function answers(path = '/', host = 'shop.example.com'): Promise<unknown> {
  const { status, headers, body } = await http1({ host, port: at.port }, { path });
  return [status, ...all({ headers }, 'X-Gate'), ...all({ headers }, 'X-Frame-Options'), body];
}

const site = (host: string, what = 'respond: taken'): string =>
  `sites: { ${JSON.stringify(host)}: { tls: off, ${what} } }\n`;

/** What one puts into its folder to get at another's, and the code that tells of it; undefined where it is no mistake. */
const TRICKS: readonly (readonly [string, () => string, string | undefined])[] = [
  ['the host itself, in a file that comes first', () => site('shop.example.com'), 'owner-host'],
  ['in other case and with a dot', () => site('SHOP.Example.COM.'), 'owner-host'],
  ['in wide letters and dots', () => site('ｓｈｏｐ。ｅｘａｍｐｌｅ．ｃｏｍ'), 'owner-host'],
  ['an IDN', () => site('BÜCHER.example'), 'owner-host'],
  ['the same in punycode', () => site('XN--BCHER-KVA.example'), 'owner-host'],
  ['beside its own in one key', () => site('example.com, shop.example.com'), 'owner-host'],
  ['a wildcard above', () => site('*.example.com'), 'owner-host'],
  ['a wildcard below', () => site('*.shop.example.com'), 'owner-host'],
  ['a wildcard over all', () => site('*.com'), 'host'],
  ['every host', () => site('*'), 'host'],
  ['no host', () => site(''), 'host'],
  ['a port', () => site(':80'), 'host'],
  [
    'a longer path',
    () => site('shop.example.com', 'routes: { /app/deep: { respond: taken }, =/: { respond: taken } }'),
    'owner-host',
  ],
  [
    'its presets',
    () => `${own}presets: { gate: { headers: { X-Gate: taken } }, secure: { headers: { X-Frame-Options: taken } } }\n`,
    undefined,
  ],
  ['its services', () => `${own}services: { app: { at: "${backend('evil')}" } }\n`, undefined],
  ['its services, by its preset', () => 'sites: { example.com: { tls: off, use: gate, to: app } }\n', 'unknown-preset'],
  ['its backend', () => site('example.com', `to: "${backend('web')}"`), 'owner-upstream'],
  ['global settings', () => `${own}global: { trusted_proxies: 0.0.0.0/0, raw: allow }\n`, 'owner-feature'],
  [
    'silenced diagnostics',
    () => `${site('shop.example.com')}global: { diagnostics: { clear-upstream: off } }\n`,
    'owner-host',
  ],
  ['trusted proxies', () => site('example.com', 'trusted_proxies: 0.0.0.0/0, respond: taken'), 'owner-feature'],
  ['a listener', () => site('example.com', `listen: ":${at.port}", respond: taken`), 'owner-feature'],
  [
    'a tunnel',
    () => site('example.com', `tunnel: { listen: ":${at.port}", trusted_proxies: private }, respond: taken`),
    'owner-feature',
  ],
  ['handlers of Caddy', () => site('example.com', 'raw: [{ handler: static_response, body: taken }]'), 'owner-feature'],
  [
    'an expression',
    () => site('example.com', 'routes: { /: [{ when: { expression: "true" }, respond: taken }] }'),
    'owner-feature',
  ],
  ['a file', () => site('example.com', 'files: /etc'), 'owner-feature'],
  [
    'certificates on demand',
    () => 'sites: { example.com: { tls: { on_demand: { ask: "http://127.0.0.1/" } }, respond: x } }\n',
    'owner-feature',
  ],
  ["caddyctl's environment", () => site('example.com', 'respond: "${CANARY}"'), 'unset-variable'],
  ['rules of its own', () => 'owners: { evil: { folder: ".", hosts: "*" } }\n', 'unknown-key'],
  [
    'more than it may have',
    () =>
      site('example.com', `routes: { ${Array.from({ length: 21 }, (_, n) => `/r${n}: { respond: x }`).join(', ')} }`),
    'owner-count',
  ],
  ['no YAML', () => 'sites: [\n', 'syntax'],
];

/** A campaign: `CADDYCTL_LONG=1` tries each in both modes. */
const isLong = process.env['CADDYCTL_LONG'] === '1';

describe.each([
  ['hold-file', 0],
  ['refuse', 1],
])('a hostile owner, --on-error %s', (mode, turn) => {
  const tricks = TRICKS.filter((_, index) => isLong || index % 2 === turn);

  test(`tries ${tricks.length} ways to another's sites: none succeeds, and the other goes on`, async () => {
    const run = await started('--on-error', mode);
    for (const [index, [name, text, code]] of tricks.entries()) {
      const before = logOf(run).length;
      await at.write(text(), 'evil/a.yaml');
      const version = `v${index + 1}`;
      await at.write(victim(version), 'web/site.yaml');
      await at.serves('shop.example.com', version);
      if (code !== undefined) await logs(run, { msg: 'diagnostic', code }, before);
      expect(await answers(), name).toEqual([200, 'web', 'DENY', version]);
      expect(await answers('/app/deep'), name).toEqual([200, 'web', 'DENY', 'web']);
      expect(await at.body('xn--bcher-kva.example'), name).toBe(version);
      expect(await at.body('example.com'), name).toBe('evil');
    }
    expect(run.stderr()).not.toContain('canary-of-the-operator');
  }, 300_000);
});

test("links to another's file and folder, and a new file with a mistake, change nothing for the other", async () => {
  const run = await started('--on-error', 'hold-file');
  const evil = join(at.folder, 'policies/evil');
  await symlink('../web/site.yaml', join(evil, '0.yaml'));
  await symlink('../web', join(evil, 'folder'));
  await at.write(victim('v1'), 'web/site.yaml');
  await at.serves('shop.example.com', 'v1');
  await rm(join(evil, '0.yaml'));
  await at.write(site('shop.example.com'), 'evil/0.yaml');
  await logs(run, { msg: 'diagnostic', code: 'owner-host' });
  await at.write(victim('v2'), 'web/site.yaml');
  await at.serves('shop.example.com', 'v2');
  expect(await at.body('example.com')).toBe('evil');
});

describe('the file of the operator', () => {
  test('is read anew with each change', async () => {
    const run = await started();
    await at.write(own.replace(' }\n', ', new.example: { tls: off, respond: new } }\n'), 'evil/a.yaml');
    await logs(run, { msg: 'diagnostic', code: 'owner-host' });
    expect(await at.body('new.example')).toBeUndefined();
    await at.write(owners().replace('evil.example', 'new.example'), 'owners.yaml');
    await at.serves('new.example', 'new');
  });

  test.each([
    ['is gone', async (file: string) => await rename(file, `${file}.away`), 'file-missing'],
    ['is broken', async (file: string) => await writeFile(file, 'owners: ['), 'syntax'],
    ['is empty', async (file: string) => await writeFile(file, ''), 'missing-key'],
  ])('%s: what serves goes on, and nothing else is served, until it is back', async (_, act, code) => {
    const run = await started('--on-error', 'hold-file', '--log-level', 'debug');
    await act(join(at.folder, 'policies/owners.yaml'));
    await logs(run, { msg: 'diagnostic', code });
    const before = logOf(run).length;
    await at.write(site('shop.example.com'), 'evil/a.yaml');
    await at.write(victim('v1'), 'web/site.yaml');
    await logs(run, { msg: 'pass ended' }, before);
    expect(await answers()).toEqual([200, 'web', 'DENY', 'v0']);
    await at.write(owners(), 'owners.yaml');
    await at.serves('shop.example.com', 'v1');
    expect(await at.body('example.com')).toBe('evil');
  });
});

test('a daemon that starts where one owner has a mistake serves the others, and gives them what they change', async () => {
  await at.startCaddy();
  await at.write(site('shop.example.com'), 'evil/a.yaml');
  await at.write(victim('v0'), 'web/site.yaml');
  const run = watch();
  await at.serves('shop.example.com', 'v0');
  await logs(run, { msg: 'diagnostic', code: 'owner-host' });
  await at.write(victim('v1'), 'web/site.yaml');
  await at.serves('shop.example.com', 'v1');
  await at.write(own, 'evil/a.yaml');
  await at.serves('example.com', 'evil');
});

test.each(['hold-file', 'refuse'])(
  'what only Caddy finds wrong in the file of one holds that one alone, --on-error %s',
  async (mode) => {
    await at.write(owners(', may: raw'), 'owners.yaml');
    const run = await started('--on-error', mode);
    const before = logOf(run).length;
    await at.write(site('example.com', 'raw: [{ handler: static_response, headers: none }]'), 'evil/a.yaml');
    await at.write(victim('v1'), 'web/site.yaml');
    await at.serves('shop.example.com', 'v1');
    await logs(run, { msg: 'diagnostic', code: 'caddy-rejects' }, before);
    expect(await at.body('example.com')).toBe('evil');
    const loads = at.loads();
    await at.write(victim('v2'), 'web/site.yaml');
    await at.serves('shop.example.com', 'v2');
    // Caddy is not asked again for what it does not take.
    expect(at.loads()).toBe(loads + 1);
    await at.write(own.replace('evil }', 'mended }'), 'evil/a.yaml');
    await at.serves('example.com', 'mended');
  },
);
