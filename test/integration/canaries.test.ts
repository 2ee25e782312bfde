import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Finished, runCli } from '../cli/run-cli.ts';
import { type RunningCaddy, startCaddy } from '../support/caddy.ts';
import { type Canaries, createCanaries, textsBelow } from '../support/canaries.ts';
import { http1 } from '../support/client/http1.ts';
import { freePort } from '../support/client/ports.ts';
import { anyPorts, caddyctl, endAll } from '../support/up.ts';
import { until } from '../support/until.ts';

/**
 * Everything that caddyctl does, beside a real Caddy that holds secrets in its environment, in files and in a config of
 * somebody else: none comes out, in no output, log, plan, history, status or bundle.
 */
const caddyPath = inject('caddyPath');
const canaries: Canaries = createCanaries();
const outputs: Record<string, string> = {};
const caddyEnv: Record<string, string> = {};
const ourEnv: Record<string, string> = {};
let folder: string;
let caddy: RunningCaddy;
let app: Server;
let port: number;
let literalHeader: string;

const many = [0, 1, 2, 3, 4, 5] as const;
const fileOf = (index: number): string => join(folder, 'secrets', `token${index}`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'canaries-'));
  await mkdir(join(folder, 'secrets'));
  await mkdir(join(folder, 'policies'));
  port = await freePort();
  for (const index of many) {
    caddyEnv[`TOKEN_${index}`] = canaries.put(`token ${index} in Caddy's environment`);
    ourEnv[`CADDYCTL_CHECK_TOKEN_${index}`] = caddyEnv[`TOKEN_${index}`] ?? '';
    await writeFile(fileOf(index), canaries.put(`token ${index} in a file`), { mode: 0o600 });
    const password = canaries.put(`password ${index}`);
    caddyEnv[`HASH_${index}`] = canaries.also(`the hash of password ${index}`, hashSync(password, 10));
    ourEnv[`CADDYCTL_CHECK_HASH_${index}`] = index % 2 === 0 ? password : canaries.put(`a wrong password ${index}`);
    canaries.also(`Basic credentials ${index}`, Buffer.from(`user${index}:${password}`).toString('base64'));
    caddyEnv[`UNUSED_${index}`] = canaries.put(`Caddy's variable ${index}`);
    ourEnv[`AWS_SECRET_${index}`] = canaries.put(`caddyctl's variable ${index}`);
  }
  caddyEnv['NO_HASH'] = canaries.put('what should be a hash');
  caddyEnv['NO_RANGE'] = canaries.put('what should be an address');
  await writeFile(join(folder, 'status-token'), canaries.put("the status's token"), { mode: 0o600 });
  literalHeader = `literal-${Math.random().toString(36).slice(2)}`;

  // An app that fails and repeats what it was sent.
  app = createServer((request, response) => {
    response.writeHead(500, { 'x-seen': `${request.headers.authorization}` });
    response.end(`I was sent ${request.headers.authorization} for ${request.url}`);
  }).listen(0, '127.0.0.1');
  await until(() => (app.listening ? true : undefined));
  caddy = await startCaddy({
    caddyPath,
    env: caddyEnv,
    config: { apps: { http: { servers: { foreign: foreign() } } } },
  });
});

afterAll(async () => {
  await endAll([]);
  app.close();
  app.closeAllConnections();
  await caddy.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What somebody else has in the same Caddy. */
function foreign(): object {
  const hash = canaries.also("somebody's hash", hashSync(canaries.put("somebody's password"), 10));
  return {
    listen: ['127.0.0.1:0'],
    automatic_https: { disable: true },
    routes: [
      {
        match: [{ host: ['foreign.example.com'], header: { 'X-Key': [canaries.put('a key that somebody matches')] } }],
        handle: [
          { handler: 'headers', response: { set: { 'X-Key': [canaries.put('a header of somebody')] } } },
          { handler: 'authentication', providers: { http_basic: { accounts: [{ username: 'a', password: hash }] } } },
          { handler: 'rewrite', uri: `/?token=${canaries.put("somebody's token in a URL")}` },
          { handler: 'static_response', body: canaries.put("somebody's body") },
        ],
      },
    ],
  };
}

const at = (name: string, rest: string): string =>
  `  ${name}.example.com: { listen: "127.0.0.1:${port}", tls: off, ${rest} }\n`;

function sites(upstream: string, more = ''): string {
  const up = `routes: { /: "${upstream}" }`;
  const locked = many.flatMap((index) => [
    at(`env${index}`, `auth: { bearer: { env: TOKEN_${index} }, pass: true }, ${up}`),
    at(`file${index}`, `auth: { bearer: { file: ${fileOf(index)} } }, ${up}`),
    at(`basic${index}`, `auth: { basic: { users: { user${index}: { env: HASH_${index} } } }, pass: true }, ${up}`),
  ]);
  const plain = at('plain', `headers: { X-Literal: ${literalHeader} }, checks: [{ get: /, status: 200 }], ${up}`);
  const diagnostics = 'global: { diagnostics: { clear-upstream: "off" } }\n';
  return `${diagnostics}sites:\n${locked.join('')}${plain}${more}`;
}

async function run(name: string, ...args: readonly string[]): Promise<Finished> {
  const flags = args.includes('--admin') || !usesCaddy.has(args[0] ?? '') ? [] : ['--admin', caddy.address];
  const finished = await runCli([...args, ...flags, '--log-level', 'debug'], {
    cwd: folder,
    env: { ...ourEnv, CADDYCTL_STATE_DIR: join(folder, 'state'), CADDYCTL_SETTLE: '500ms' },
  });
  outputs[`stdout of ${name}`] = finished.stdout;
  outputs[`stderr of ${name}`] = finished.stderr;
  return finished;
}

const usesCaddy = new Set(['diff', 'apply', 'history', 'rollback', 'doctor']);
const write = (text: string): Promise<void> => writeFile(join(folder, 'policies/site.yaml'), text);
const appAt = (): string => `127.0.0.1:${(app.address() as AddressInfo).port}`;

test('50 secrets, and a full run with failures: none comes out', { timeout: 300_000 }, async () => {
  expect(canaries.count()).toBeGreaterThanOrEqual(50);
  const codes: (number | null)[] = [];
  const step = async (...args: Parameters<typeof run>): Promise<void> => void codes.push((await run(...args)).code);

  await write(sites(appAt()));
  await step('validate', 'validate', '-o', 'json');
  await step('translate', 'translate', '--source-map');
  await step('explain', 'explain', 'GET', `http://env0.example.com:${port}/`, '-o', 'json');
  await step('diff', 'diff', '--out', 'plan.json');
  await step('apply', 'apply', '--plan', 'plan.json');
  expect(codes).toEqual([0, 0, 0, 0, 0]);
  expect(
    (
      await http1(
        { host: 'env0.example.com', port },
        { path: '/', headers: { Authorization: `Bearer ${caddyEnv['TOKEN_0']}` } },
      )
    ).body,
  ).toContain(caddyEnv['TOKEN_0']);
  expect((await run('test', 'test', '-o', 'json')).code).toBe(7);
  await step('test in words', 'test');

  // Nobody answers there: what passed before fails.
  await write(sites(`127.0.0.1:${await freePort()}`, at('health', 'respond: ok')));
  await step('apply to nobody', 'apply');
  // Caddy takes neither: it says at which byte the one is wrong, and would repeat the other.
  await write(sites(appAt(), at('bad', 'auth: { basic: { users: { a: { env: NO_HASH } } } }, respond: x')));
  const noHash = await run('apply of no hash', 'apply', '-o', 'json');
  const range = '{ handler: subroute, routes: [{ match: [{ remote_ip: { ranges: ["{env.NO_RANGE}"] } }] }] }';
  const refused = sites(appAt(), at('raw', `routes: { /: { raw: [${range}] } }`));
  await write(refused);
  const noRange = await run('apply of no range', 'apply');
  expect([noHash.code, noRange.code]).toEqual([6, 6]);
  expect(noRange.stderr).toContain("it stands in Caddy's own log alone");
  expect(caddy.logs()).toContain(caddyEnv['NO_RANGE']);
  await step('diff of what is refused', 'diff', '-o', 'json');

  // What somebody else has is in the way of a site.
  await write(sites(appAt(), at('foreign', 'respond: mine')));
  await step('diff of a foreign site', 'diff', '-o', 'json');
  await step('apply of a foreign site', 'apply');
  expect(codes.at(-1)).toBe(5);
  await write(refused);

  // The daemon over the same mistakes, with its status open to who has the token.
  const statusPort = await freePort();
  const status = ['--status', `127.0.0.1:${statusPort}`, '--status-token-file', join(folder, 'status-token')];
  const flags = ['--admin', caddy.address, '--log-level', 'debug', '--state-dir', join(folder, 'state'), ...status];
  const env = { ...ourEnv, ...anyPorts, CADDYCTL_STATUS: undefined };
  const daemon = caddyctl({ args: ['watch', join(folder, 'policies'), ...flags], home: folder, caddyPath, env });
  await daemon.says(/caddy-rejects/);
  const headers = { Authorization: `Bearer ${await readFile(join(folder, 'status-token'), 'utf8')}` };
  const look = async (when: string): Promise<void> => {
    const to = { host: '127.0.0.1', port: statusPort };
    for (const path of ['/', '/api/status', '/metrics', '/readyz', '/healthz']) {
      outputs[`${path} with ${when}`] = (await http1(to, { path, headers })).body;
      outputs[`${path} with ${when}, without the token`] = (await http1(to, { path })).body;
    }
  };
  await look('a refusal');
  await write(sites(appAt(), at('good', 'respond: good')));
  await until(async () =>
    (await http1({ host: 'good.example.com', port }).catch(() => undefined))?.body === 'good' ? true : undefined,
  );
  await write(`sites: {`);
  await daemon.says(/syntax/);
  await look('a mistake');
  await step(
    'status',
    'status',
    '--address',
    `127.0.0.1:${statusPort}`,
    '--status-token-file',
    'status-token',
    '-o',
    'json',
  );
  daemon.kill('SIGTERM');
  await daemon.ended;
  outputs['log of watch'] = daemon.stderr();
  outputs['stdout of watch'] = daemon.stdout();

  await step('history', 'history', '-o', 'json');
  await step('history in words', 'history');
  await step('rollback', 'rollback');
  await step('doctor', 'doctor', '--bundle', 'bundle.json');
  await step('doctor in json', 'doctor', '--bundle', 'with-hosts.json', '--with-hosts', '-o', 'json');
  const password = canaries.put('the password of the admin address');
  for (const verb of usesCaddy)
    await step(`${verb} by a password`, verb, '--admin', `http://u:${password}@localhost:2019`);

  const kept = await textsBelow(join(folder, 'state'));
  const files = ['plan.json', 'bundle.json', 'with-hosts.json'];
  for (const name of files) outputs[name] = await readFile(join(folder, name), 'utf8');
  expect(Object.keys(outputs).length).toBeGreaterThan(50);
  expect(Object.keys(kept).length).toBeGreaterThan(3);
  expect(canaries.foundIn({ ...outputs, ...kept })).toEqual([]);

  // What stands in a policy itself is no secret: plans show it, and the history keeps it, for this user alone.
  const holding = Object.keys(kept).filter((path) => kept[path]?.includes(literalHeader));
  const places = holding.map((path) => relative(join(folder, 'state/default'), path).split('/', 1)[0]);
  expect(new Set(places)).toEqual(new Set(['history', 'meanings']));
  expect(outputs['bundle.json']).not.toContain(literalHeader);
  expect(outputs['with-hosts.json']).not.toContain(literalHeader);
  expect(outputs['stdout of doctor in json']).not.toContain(literalHeader);
});

test('whatever is kept is 0600 in 0700, and stays so where somebody opened it', async () => {
  const modes = async (): Promise<Set<string>> => {
    const entries = await readdir(join(folder, 'state'), { recursive: true, withFileTypes: true });
    const found = entries.map(async (entry) => {
      const { mode } = await stat(join(entry.parentPath, entry.name));
      return `${entry.isDirectory() ? 'folder' : 'file'} ${(mode & 0o777).toString(8)}`;
    });
    return new Set(await Promise.all(found));
  };
  expect(await modes()).toEqual(new Set(['folder 700', 'file 600']));
  expect((await stat(join(folder, 'state'))).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, 'plan.json'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'bundle.json'))).mode & 0o777).toBe(0o600);

  await chmod(join(folder, 'state/default/history'), 0o755);
  await write(sites(appAt(), at('again', 'respond: again')));
  await run('apply again', 'apply');
  expect(await modes()).toEqual(new Set(['folder 700', 'file 600']));
});
