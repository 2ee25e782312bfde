import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type Finished, runCli } from '../cli/run-cli.ts';
import { type RunningCaddy, startCaddy } from '../support/caddy.ts';
import { freePort } from '../support/client/ports.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';

const caddyPath = inject('caddyPath');
let folder: string;
let caddy: RunningCaddy | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doctor-'));
});
afterEach(async () => {
  await caddy?.stop();
  caddy = undefined;
  await rm(folder, { recursive: true });
});

/** A Caddy whose config says where it listens. */
async function listening(listen: (port: number) => string, more: object = {}, args: readonly string[] = []) {
  const port = await freePort();
  const endpoint = { host: '127.0.0.1', port };
  const admin = { listen: listen(port), ...more };
  const env = { CANARY_TOKEN: 'canary-in-the-environment' };
  caddy = await startCaddy({ caddyPath, endpoint, config: { admin, apps }, args, env });
  return `127.0.0.1:${port}`;
}

const apps = { http: { servers: { a: { listen: ['127.0.0.1:0'], automatic_https: { disable: true } } } } };
const doctor = (admin: string, ...flags: string[]): Promise<Finished> =>
  runCli(['doctor', '--admin', admin, '--state-dir', join(folder, 'state'), ...flags]);

interface Document {
  readonly well: boolean;
  readonly caddy: { readonly version: object } | null;
  readonly findings: readonly { readonly id: string; readonly level: string }[];
}

async function found(
  admin: string,
): Promise<{ code: number | null; document: Document; not: (l: string) => string[] }> {
  const { code, stdout, stderr } = await doctor(admin, '-o', 'json');
  expect(stderr).toBe('');
  const document = JSON.parse(stdout) as Document;
  const not = (level: string) => document.findings.filter((each) => each.level === level).map(({ id }) => id);
  return { code, document, not };
}

test('a Caddy on loopback: what could be closed is told, and what is behind the version', async () => {
  const { code, document, not } = await found(await listening((port) => `127.0.0.1:${port}`));
  expect(code).toBe(0);
  expect(document.well).toBe(true);
  expect(not('warning')).toEqual(['admin-listener', 'admin-origins']);
  expect(not('problem')).toEqual([]);
  const known = JSON.stringify(document.caddy?.version);
  expect(known).toMatch(/"exact":"2\.\d+\.\d+"|"atLeast":"2\.11\.[13]"/);
});

test('on every address, with --environ: problems, exit 7, and the same in words', async () => {
  const admin = await listening((port) => `0.0.0.0:${port}`, {}, ['--environ', '--pidfile', join(folder, 'pid')]);
  const { code, not } = await found(admin);
  expect(code).toBe(7);
  expect(not('problem')).toEqual(['admin-listener', 'admin-host']);
  expect(not('warning')).toEqual(['admin-origins', 'caddy-environ']);
  const text = await doctor(admin);
  expect(text.code).toBe(7);
  expect(text.stdout).toMatch(
    /^problem {2}admin-listener +it listens on every address of its machine, port \d+\n {4}why: {3}\S/,
  );
  expect(text.stdout).toMatch(/\n {4}close: start Caddy with CADDY_ADMIN='unix\/\/run\/caddy\/admin\.sock\|0660'/);
  expect(text.stdout).toMatch(/\n\n2 problems, 2 warnings\n$/);
  expect(text.stdout).not.toContain('canary');
});

test('enforced origins are got past by right, and are well', async () => {
  const { code, not } = await found(await listening((port) => `127.0.0.1:${port}`, { enforce_origin: true }));
  expect(code).toBe(0);
  expect(not('warning')).toEqual(['admin-listener']);
});

test('a Unix socket is well, also with no config at all; one for everybody is not', async () => {
  caddy = await startCaddy({ caddyPath });
  const first = await found(caddy.address);
  expect([first.code, first.not('problem'), first.not('warning')]).toEqual([0, [], []]);
  expect(first.not('ok')).toContain('admin-socket');
  await caddy.stop();
  const socketPath = join(folder, 's');
  caddy = await startCaddy({ caddyPath, endpoint: { socketPath }, env: { CADDY_ADMIN: `unix/${socketPath}|0666` } });
  const { chmod } = await import('node:fs/promises');
  await chmod(folder, 0o755);
  const open = await found(caddy.address);
  expect([open.code, open.not('problem')]).toEqual([7, ['admin-socket']]);
});

test('asks by GET alone, and changes nothing in Caddy or here', async () => {
  caddy = await startCaddy({ caddyPath, config: { apps } });
  const proxy = await startFaultProxy(caddy.endpoint);
  const before = await caddy.admin('GET', '/config/');
  expect((await doctor(proxy.address)).code).toBe(7);
  expect(proxy.requests.length).toBeGreaterThan(4);
  expect(new Set(proxy.requests.map((line) => line.split(' ', 1)[0]))).toEqual(new Set(['GET']));
  const after = await caddy.admin('GET', '/config/');
  expect([after.text, after.headers.etag]).toEqual([before.text, before.headers.etag]);
  await expect(import('node:fs/promises').then(({ readdir }) => readdir(folder))).resolves.toEqual([]);
  await proxy.stop();
});

test('where Caddy does not answer, the rest is looked at: exit 4', async () => {
  const { code, document } = await found(`127.0.0.1:${await freePort()}`);
  expect([code, document.caddy]).toEqual([4, null]);
  expect(document.findings.map(({ id, level }) => `${level} ${id}`)).toEqual([
    'problem admin-reach',
    'ok state-folder',
    'ok disk',
  ]);
  const local = await runCli(['doctor', '--local', '--state-dir', folder]);
  expect(local).toMatchObject({ code: 4, stderr: '' });
  expect(local.stdout).toMatch(/^problem {2}admin-reach +no `caddyctl up --local` runs with/);
});

test('a flag that cannot be meant is a mistake of usage, and a password in it is told to nobody', async () => {
  const result = await doctor('http://user:canary@localhost:2019');
  expect(result).toMatchObject({ code: 64, stdout: '' });
  expect(result.stderr).not.toContain('canary');
});
