import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { CheckDocument } from '../../../src/cli/check-report/document.ts';
import { runCli } from '../../cli/run-cli.ts';
import { type Backend, startBackend } from '../../support/backend/backend.ts';
import { echo } from '../../support/backend/echo.ts';
import { freePort } from '../../support/client/ports.ts';
import { serve, type Served } from '../../support/serve.ts';
import { caddyctl, endAll, newHome, up } from '../../support/up.ts';

const TOKEN = 'f3a1b2c4d5e6';
let app: Backend;
let served: Served;
let folder: string;
let policy: string;
let flags: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checks-'));
  policy = join(folder, 'site.yaml');
  const answers = echo('app');
  app = await startBackend({
    app: (request, response, contact) => {
      response.setHeader('X-Heard', request.headers.authorization ?? 'nothing');
      answers(request, response, contact);
    },
  });
  const text = `
services: { app: { at: "${app.address}", health: /health } }
sites:
  app.example.com:
    use: secure
    max_body: 1MiB
    routes:
      /: app
      /internal: { deny: 404 }
      /api: { to: app, auth: { bearer: { env: TOKEN }, pass: true } }
    checks:
      - { get: /, status: 200 }
      - { get: /api/heard, headers: { X-Heard: { contains: Bearer } } }
      - { get: /api/unheard, headers: { X-Heard: nothing } }
      - { off: [chain, limit], reason: a proxy in front has its own }
  other.example.com: ${app.address}
  socket.example.com: { to: app, tls: "off", listen: "unix/${join(folder, 'listen.sock')}" }
`;
  await writeFile(policy, text);
  served = await serve({ caddyPath: inject('caddyPath'), policy: text, environment: { TOKEN } });
  const ca = join(folder, 'root.crt');
  await writeFile(ca, await served.caddy.rootCa());
  const ports = { http: served.http('app.example.com').port, https: served.https('app.example.com').port };
  flags = ['--http-port', `${ports.http}`, '--https-port', `${ports.https}`, '--internal-ca', '--ca', ca];
});

afterAll(async () => {
  await served?.stop();
  await app?.stop();
  await rm(folder, { recursive: true, force: true });
});

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCli(['test', policy, ...flags, ...args], { env });

describe('where all is well', () => {
  test('exit 0, what was asked by site, what was not with the reason, and the sum', async () => {
    const { code, stdout, stderr } = await run([]);
    expect(stderr).toMatch(/^\d+ checks\n$/);
    expect(stdout).toMatch(/^app\.example\.com\n {2}ok {11}certificate {3}the certificate is for app\.example\.com/);
    expect(stdout).toMatch(/^ {2}ok {11}health {8}app is well: GET \/health is a 2xx$/m);
    expect(stdout).toMatch(/^ {2}not checked {2}limit .*turned off: a proxy in front has its own/m);
    expect(stdout).toMatch(/^ {2}not checked {2}auth .*CADDYCTL_CHECK_TOKEN is not set: it would be the token/m);
    expect(stdout).toMatch(/^socket\.example\.com\n {2}ok {11}health/m);
    expect(stdout).toMatch(/\n0 failed, \d+ passed, \d+ not checked, in \d+\.\d s\n$/);
    expect(code).toBe(0);
  });

  test('with the credential more is checked, and it is printed nowhere', async () => {
    const { code, stdout, stderr } = await run(['-o', 'json', '--site', 'app.example.com', '--filter', 'auth'], {
      CADDYCTL_CHECK_TOKEN: TOKEN,
    });
    expect(code).toBe(0);
    const { checks, failed, passed, skipped } = JSON.parse(stdout) as CheckDocument;
    expect([failed, passed + skipped]).toEqual([0, checks.length]);
    expect(checks.find(({ id }) => id === 'app.example.com auth /api right')).toMatchObject({
      outcome: 'passed',
      place: { file: policy, line: 10 },
    });
    expect(new Set(checks.map(({ site }) => site))).toEqual(new Set(['app.example.com']));
    expect(stdout + stderr).not.toContain(TOKEN);
  });

  test('nor where the app repeats it', async () => {
    const { code, stdout, stderr } = await run(['--filter', 'heard'], { CADDYCTL_CHECK_TOKEN: TOKEN });
    expect(code).toBe(7);
    expect(stdout).toContain('got       X-Heard: Bearer … on a 200 (GET /api/unheard)');
    expect(stdout).toMatch(/\n1 failed, 1 passed, 0 not checked/);
    expect(stdout + stderr).not.toContain(TOKEN);
  });

  test('a wrong credential fails its check, and is not printed either', async () => {
    const { code, stdout, stderr } = await run(['--filter', 'right'], { CADDYCTL_CHECK_TOKEN: 'wr0ng-s3cret' });
    expect(code).toBe(7);
    expect(stdout).toContain('got       401 (GET /api)');
    expect(stdout + stderr).not.toContain('wr0ng-s3cret');
  });
});

describe('where the app is dead', () => {
  beforeAll(() => app.stop());
  afterAll(() => app.start());

  test('exit 7; each failure with what was expected, what came, and the policy line', async () => {
    const { code, stdout } = await run(['--filter', 'health', '--site', 'app.example.com']);
    expect(stdout).toContain(
      `failed: app.example.com health app: app is well: GET /health is a 2xx
  expected  2xx
  got       502 (GET /health)
  policy    ${policy}:2:`,
    );
    expect(stdout).toMatch(/\n1 failed, 0 passed, 0 not checked/);
    expect(code).toBe(7);
  });

  test('for CI systems', async () => {
    const junit = await run(['--filter', 'health', '--site', 'app.example.com', '-o', 'junit']);
    expect(junit.code).toBe(7);
    expect(junit.stdout).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites .*tests="1" failures="1"/);
    expect(junit.stdout).toMatch(/<failure message="expected 2xx, got 502 \(GET \/health\)">.*<\/failure><\/testcase>/);
    const github = await run(['--filter', 'health', '--site', 'app.example.com', '-o', 'github']);
    expect(github.stdout).toContain(`::error file=${policy},line=2,endLine=2,col=`);
    expect(github.stdout).toMatch(/title=app\.example\.com health app::app is well.*expected 2xx, got 502/);
  });
});

test('where no Caddy listens: exit 4, with what to do', async () => {
  const ports = ['--http-port', `${await freePort()}`, '--https-port', `${await freePort()}`];
  const { code, stderr } = await runCli(['test', policy, '--site', 'app.example.com', ...ports]);
  expect(stderr).toMatch(
    /error: Caddy's listeners are not reachable: connect ECONNREFUSED .*\nhint: is Caddy running\?/,
  );
  expect(code).toBe(4);
});

test('--connect goes elsewhere, whatever the ports', async () => {
  const https = `127.0.0.1:${served.https('app.example.com').port}`;
  const args = ['--connect', https, '--internal-ca', '--filter', 'other.example.com certificate'];
  expect(await runCli(['test', policy, ...args])).toMatchObject({ code: 0 });
});

test('what cannot be meant is a usage error, and invalid policies are 3', async () => {
  expect(await run(['--filter', 'nothing-like-it'])).toMatchObject({ code: 64 });
  expect(await run(['--connect', 'nowhere'])).toMatchObject({ code: 64 });
  expect(await run(['--ca', policy])).toMatchObject({ code: 64 });
  expect(await runCli(['validate', policy, '-o', 'junit'])).toMatchObject({ code: 64 });
  const wrong = await runCli(['test', '-'], { input: 'sites: { a.example.com: { to: nobody } }' });
  expect(wrong).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('unknown-service') });
});

describe('--local', () => {
  const homes: string[] = [];
  afterEach(() => endAll(homes));

  test('asks the Caddy of a running `up --local`, and trusts its CA', async () => {
    const home = await newHome();
    homes.push(home);
    const site = join(folder, 'local.yaml');
    await writeFile(site, 'sites: { app.localhost: { respond: hello } }');
    await up({ args: ['--local', site], home }).document();
    const asked = caddyctl({ args: ['test', '--local', site, '-o', 'json'], home });
    expect(await asked.ended, asked.stderr()).toBe(0);
    const { checks } = JSON.parse(asked.stdout()) as CheckDocument;
    expect(checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['app.localhost chain', 'app.localhost respond /', 'app.localhost redirect to https']),
    );
  });
});
