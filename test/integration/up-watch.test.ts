import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { askAdmin } from '../support/admin-request.ts';
import { http1 } from '../support/client/http1.ts';
import { freePort } from '../support/client/ports.ts';
import { caddyctl, endAll, get, newHome, type Run, runs, up, type UpDocument } from '../support/up.ts';
import { until } from '../support/until.ts';

let home: string;
let policies: string;
beforeEach(async () => {
  home = await newHome();
  policies = join(home, 'policies');
  await mkdir(policies);
  await write('a.yaml', hello);
});
afterEach(() => endAll([home]));

const hello = 'sites:\n  app.localhost: { respond: hello }\n';
const write = (name: string, text: string): Promise<void> => writeFile(join(policies, name), text);

interface Site {
  readonly run: Run;
  readonly found: UpDocument;
  /** What a site answers that may be newer than the document. */
  body(host: string, headers?: Readonly<Record<string, string>>): Promise<{ status: number; body: string }>;
}

async function local(...args: readonly string[]): Promise<Site> {
  const run = up({ args: ['--local', ...args, policies], home });
  const found = await run.document();
  await run.says(/Ctrl-C/);
  const [known] = found.sites;
  if (known === undefined) throw new Error('no site');
  return {
    run,
    found,
    body: (host, headers) => get({ ...found, sites: [{ ...known, host }] }, host, '/', headers),
  };
}

/** Certificates of a new site come a moment after it. */
async function serves(site: Site, host: string, body: string): Promise<void> {
  await until(async () => ((await site.body(host).catch(() => undefined))?.body === body ? true : undefined));
}

async function asks(...args: readonly string[]): Promise<readonly [string, number | NodeJS.Signals]> {
  const run = caddyctl({ args, home });
  const ended = await run.ended;
  return [run.stdout() + run.stderr(), ended];
}

test('a site that is saved is served, by the same Caddy; one whose file is gone is not', async () => {
  const site = await local();
  await write('b.yaml', 'sites:\n  new.localhost: { respond: new }\n');
  await site.run.says(/^Applied: 2 added, 0 changed, 0 removed, live \d+ ms after the save$/m);
  await site.run.says(/^ {2}https:\/\/new\.localhost:\d+\/ {2}\S+\/b\.yaml:2$/m);
  await serves(site, 'new.localhost', 'new');
  await serves(site, 'app.localhost', 'hello');
  await rm(join(policies, 'b.yaml'));
  await site.run.says(/^Applied: 0 added, 0 changed, 2 removed$/m);
  expect((await site.body('app.localhost')).body).toBe('hello');
  await expect(site.body('new.localhost')).rejects.toThrow();
  expect(runs(site.found.caddy.pid)).toBe(true);
  expect(site.run.stderr()).not.toMatch(/Caddy: (started|it ended)/);
});

test('a mistake is told with its line, and harms nothing; when it is mended nothing is pushed', async () => {
  const site = await local();
  await write('a.yaml', hello.replace('respond', 'respnd'));
  await site.run.says(/^ *2 \| +app\.localhost: \{ respnd: hello \}$/m);
  await site.run.says(/did you mean `respond`/);
  await site.run.says(/^error: .* what serves goes on$/m);
  expect((await site.body('app.localhost')).body).toBe('hello');
  await write('a.yaml', hello);
  await site.run.says(/^Nothing to apply/m);
  expect(site.run.stderr()).not.toContain('Applied');
});

test('a folder that was emptied takes no site down', async () => {
  const site = await local();
  await rm(join(policies, 'a.yaml'));
  await site.run.says(/^error: refused: the policies name no site/m);
  const hint = /^hint: if that is meant, allow it once: npx caddyctl (.*)\n/m;
  await site.run.says(hint);
  const [, command = ''] = hint.exec(site.run.stderr()) ?? [];
  expect((await site.body('app.localhost')).body).toBe('hello');
  // It is runnable as it is printed.
  expect(await asks(...command.split(' '), '--yes')).toEqual([expect.stringContaining('5 removed'), 0]);
  await expect(site.body('app.localhost')).rejects.toThrow();
});

test('what a save brings is kept on this machine, too: addresses are moved, secrets made up, for diff as well', async () => {
  const site = await local();
  const port = await freePort();
  await write(
    'b.yaml',
    `sites:
  new.localhost:
    respond: new
    auth: { bearer: { env: NEW_TOKEN } }
    tunnel: { listen: ":${port}", trusted_proxies: loopback }
`,
  );
  await site.run.says(/^ {2}new\.localhost {2}Authorization: Bearer \S+ {2}NEW_TOKEN$/m);
  const [, token = ''] = /Bearer (\S+) {2}NEW_TOKEN/.exec(site.run.stderr()) ?? [];
  const status = async (credential: string): Promise<number | undefined> =>
    (await site.body('new.localhost', { Authorization: `Bearer ${credential}` }).catch(() => undefined))?.status;
  await until(async () => ((await status(token)) === 200 ? true : undefined));
  expect(await status('')).toBe(401);
  expect(await status('wrong')).toBe(401);

  const socketPath = site.found.caddy.admin.slice('unix/'.length);
  const config = (await askAdmin({ socketPath }, 'GET', '/config/')).text;
  expect(config).toContain(`"127.0.0.1:${port}"`);
  expect(config).not.toMatch(new RegExp(`":${port}"|${token}`));
  expect(await asks('diff', '--local', '--detailed-exitcode', policies)).toEqual([
    expect.stringContaining('No changes'),
    0,
  ]);
  site.run.kill('SIGTERM');
  await site.run.ended;
  // What was made up is worth nothing any more, and is not left lying about.
  const state = join(home, '.local/state/caddyctl/local');
  expect(await readdir(state)).not.toContain('secrets');
});

test('in earnest a secret that Caddy does not have is refused at its line, and a file too many gone as well', async () => {
  const port = await freePort();
  const plain = (host: string): string => `  ${host}: { respond: hello, tls: off, listen: "127.0.0.1:${port}" }\n`;
  await write('a.yaml', `sites:\n${plain('app.localhost')}`);
  await write('b.yaml', `sites:\n${plain('b.localhost')}`);
  const ports = ['--http-port', `${await freePort()}`, '--https-port', `${await freePort()}`];
  const run = up({ args: [...ports, policies], home });
  await run.document();
  const body = async (): Promise<string> => (await http1({ host: 'app.localhost', port })).body;
  expect(await body()).toBe('hello');
  await write('a.yaml', `sites:\n${plain('app.localhost').replace(' }', ', auth: { bearer: { env: NONE } } }')}`);
  await run.says(/the variable NONE, which holds a secret, is not set\n.*a\.yaml:2:/);
  expect(await body()).toBe('hello');
  await rm(join(policies, 'a.yaml'));
  await run.says(/^error: refused: 1 of 2 live routes would go/m);
  expect(await body()).toBe('hello');
});

test('in earnest a start over a mistake serves what was served before, until it is mended', async () => {
  const port = await freePort();
  const saying = (what: string): string =>
    `sites:\n  app.localhost: { respond: ${what}, tls: off, listen: "127.0.0.1:${port}" }\n`;
  const ports = ['--http-port', `${await freePort()}`, '--https-port', `${await freePort()}`];
  const body = async (): Promise<string> => (await http1({ host: 'app.localhost', port })).body;
  await write('a.yaml', saying('hello'));
  const before = up({ args: [...ports, policies], home });
  expect((await before.document()).former).toBeNull();
  before.kill('SIGTERM');
  await before.ended;

  await write('a.yaml', saying('[hello'));
  const run = up({ args: [...ports, policies], home });
  expect(await run.document()).toMatchObject({ former: expect.stringMatching(/^[0-9a-f]{12}$/) as string, sites: [] });
  await run.says(/^error\[.*a\.yaml:2:/ms);
  await run.says(/^Revision [0-9a-f]{12} is served on, as it was before, until this is mended$/m);
  expect(await body()).toBe('hello');
  await write('a.yaml', saying('mended'));
  await until(async () => ((await body()) === 'mended' ? true : undefined));
});

test('what somebody else changed in our Caddy is put right, and SIGHUP looks at once', async () => {
  const site = await local('--interval', '1h');
  const socketPath = site.found.caddy.admin.slice('unix/'.length);
  const apps = JSON.parse((await askAdmin({ socketPath }, 'GET', '/config/apps')).text) as object;
  const edited = JSON.stringify(apps).replaceAll('"hello"', '"edited"');
  expect((await askAdmin({ socketPath }, 'POST', '/config/apps', edited)).status).toBe(200);
  site.run.kill('SIGHUP');
  await site.run.says(/^warning: drift healed$/m);
  expect((await site.body('app.localhost')).body).toBe('hello');
  expect(runs(site.found.caddy.pid)).toBe(true);
});

function canMakeTerminals(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
}

test.skipIf(!canMakeTerminals())('a terminal that goes away ends both, and leaves nothing behind', async () => {
  const said = join(home, 'said');
  const main = join(import.meta.dirname, '../../src/main.ts');
  const line = `exec ${process.execPath} ${main} up --local -o json ${policies} > ${said}`;
  const terminal = spawn('script', ['-qfec', line, '/dev/null'], {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      TMPDIR: tmpdir(),
      CADDY_BIN: inject('caddyPath'),
      CADDYCTL_STATUS: 'off',
    },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const found = await until(async () => {
    const text = await readFile(said, 'utf8').catch(() => '');
    return text.endsWith('}\n') ? (JSON.parse(text) as UpDocument) : undefined;
  });
  const record = join(home, '.local/state/caddyctl/local/running.json');
  const { caddyctl: pid } = JSON.parse(await readFile(record, 'utf8')) as { caddyctl: number };
  // Where the terminal is still there, SIGHUP ends nothing.
  process.kill(pid, 'SIGHUP');
  await writeFile(join(policies, 'a.yaml'), hello.replace('respond: hello', 'respond: changed'));
  await until(async () => ((await get(found, 'app.localhost')).body === 'changed' ? true : undefined));
  terminal.kill('SIGKILL');
  await once(terminal, 'exit');
  await until(() => (runs(pid) || runs(found.caddy.pid) ? undefined : true));
});
