import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { all } from '../support/client/answer.ts';
import { anyPorts, caddyctl, endAll, get, newHome, type Run, runs, up } from '../support/up.ts';
import { until } from '../support/until.ts';

const policies = join(import.meta.dirname, '../../policies');
let home: string;
beforeEach(async () => {
  home = await newHome();
});
afterEach(() => endAll([home]));

async function policy(text: string, name = 'site.yaml'): Promise<string> {
  const path = join(home, name);
  await writeFile(path, text);
  return path;
}

const hello = 'sites:\n  app.localhost: { respond: hello }\n';

test('welcome.yaml is served by https with a certificate of the internal CA, on loopback only', async () => {
  const run = up({ args: ['--local', join(policies, 'welcome.yaml')], home });
  const found = await run.document();
  expect(found.sites).toEqual([
    expect.objectContaining({
      host: 'localhost',
      way: 'https',
      ready: true,
      policy: expect.objectContaining({ line: 6 }),
    }),
  ]);
  expect(found.caddy.path).toBe(inject('caddyPath'));

  const page = await get(found, 'localhost');
  expect(page.status).toBe(200);
  expect(page.body).toContain('It is served.');
  expect(all(page, 'Server')).toEqual([]);
  expect((await get(found, 'localhost', '/health')).body).toBe('ok');

  const port = Number(new URL(found.sites[0]?.url ?? '').port);
  const outside = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address } of outside) await expect(reaches(address, port), address).resolves.toBe(false);
});

function reaches(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
  });
}

test('all shipped policies together, with nothing in the environment: every site gets ready', async () => {
  const run = up({ args: ['--local', policies], home });
  const found = await run.document();
  expect(found.sites.map(({ host, way }) => `${way} ${host}`)).toEqual([
    'https localhost',
    'https hub.example.com',
    'https pika.example.com',
    'https vera.example.com',
    'https koda.example.com',
    'tunnel koda.example.com',
    'https ollama.example.com',
    'https ollama.internal.lan',
    'https your-domain.com',
    'https sophon.example.com',
  ]);
  expect(found.sites.filter(({ ready }) => !ready)).toEqual([]);
  expect((await get(found, 'localhost')).status).toBe(200);
  // The apps are not running here, and that is no reason not to serve.
  expect((await get(found, 'hub.example.com')).status).toBe(502);

  // What lets in was made up and is told to people, not to programs.
  await run.says(/Ctrl-C/);
  const [, token = ''] = /Authorization: Bearer (\S+)/.exec(run.stderr()) ?? [];
  const [, user = '', password = ''] = /user (\S+), password (\S+)/.exec(run.stderr()) ?? [];
  for (const secret of [token, password]) expect(run.stdout()).not.toContain(secret);
  const api = (credential: string) => get(found, 'ollama.example.com', '/api/version', { Authorization: credential });
  expect((await api('Bearer wrong')).status).toBe(401);
  expect((await api(`Bearer ${token}`)).status).toBe(502);
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const lan = (credential: string) => get(found, 'ollama.internal.lan', '/', { Authorization: credential });
  expect((await lan(basic(`${user}:wrong`))).status).toBe(401);
  expect((await lan(basic(`${user}:${password}`))).status).toBe(502);
});

test('a secret that the operator set lets in and is told to nobody', async () => {
  const token = 'operators-own-token-7f3a';
  const run = up({
    args: ['--local', join(policies, 'ollama.yaml'), '--log-level', 'debug'],
    home,
    env: { OLLAMA_TOKEN: token },
  });
  const found = await run.document();
  await run.says(/Ctrl-C/);
  const answer = await get(found, 'ollama.example.com', '/api/version', { Authorization: `Bearer ${token}` });
  expect(answer.status).toBe(502);
  expect(run.stdout() + run.stderr()).not.toContain(token);
  expect(run.stderr()).toContain('OLLAMA_HASH');
  expect(run.stderr()).not.toContain('OLLAMA_TOKEN');
});

test('for people: a table, how to reach a name that DNS does not know, what to trust, what to do next', async () => {
  const run = caddyctl({ args: ['up', '--local', policies], home });
  await run.says(/Ctrl-C/);
  const root = join(home, '.local/state/caddyctl/local/data/caddy/pki/authorities/local/root.crt');
  expect(await readFile(root, 'utf8')).toContain('BEGIN CERTIFICATE');
  expect(run.stdout()).toMatch(/^Ready\. Caddy [\d.]+ serves 9 sites\n/);
  expect(run.stdout()).toMatch(/^ {2}https:\/\/localhost:\d+\/ +\S+\/welcome\.yaml:6$/m);
  expect(run.stderr()).toContain(`CA=${root}`);
  expect(run.stderr()).toMatch(
    /curl --cacert "\$CA" --resolve hub\.example\.com:(\d+):127\.0\.0\.1 https:\/\/hub\.example\.com:\1\//,
  );
  expect(run.stderr()).toMatch(/ trust --address unix\/\/\S+\/admin\.sock/);
  expect(run.stderr()).toMatch(/^ {2}npx caddyctl rollback --local /m);
  // No terminal, no colours, and none of Caddy's JSON.
  expect(run.stdout() + run.stderr()).not.toMatch(/\p{Cc}\[|"level":/u);
});

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('%s stops both', async (signal, code) => {
  const run = up({ args: ['--local', await policy(hello)], home });
  const { caddy } = await run.document();
  expect(runs(caddy.pid)).toBe(true);
  run.kill(signal);
  expect(await run.ended).toBe(code);
  expect(runs(caddy.pid)).toBe(false);
});

test('a second signal does not wait for what is under way', async () => {
  const backend = createServer();
  await new Promise<void>((resolve) => void backend.listen(0, '127.0.0.1', resolve));
  const { port } = backend.address() as AddressInfo;
  const run = up({ args: ['--local', await policy(`sites:\n  app.localhost: 127.0.0.1:${port}\n`)], home });
  const found = await run.document();
  // A request that is never answered holds Caddy back from ending.
  const asked = new Promise<Socket>((resolve) => void backend.once('connection', resolve));
  const lost = get(found, 'app.localhost').catch(() => 'lost');
  const held = await asked;
  held.on('error', () => {});
  run.kill('SIGTERM');
  await run.says(/Stopping/);
  expect(runs(found.caddy.pid)).toBe(true);
  run.kill('SIGTERM');
  expect(await run.ended).toBe(143);
  await until(() => (runs(found.caddy.pid) ? undefined : true));
  expect(await lost).toBe('lost');
  held.destroy();
  backend.close();
});

test('a Caddy that dies is started again, and what was served is served again', async () => {
  const run = up({ args: ['--local', await policy(hello)], home });
  const found = await run.document();
  process.kill(found.caddy.pid, 'SIGKILL');
  await run.says(/Caddy: it was ended by SIGKILL; starting it again in 250 ms/);
  await run.says(/Caddy: serves again/);
  expect((await get(found, 'app.localhost')).body).toBe('hello');
  const pid = await newPid(run);
  expect(pid).not.toBe(found.caddy.pid);
  run.kill('SIGTERM');
  expect(await run.ended).toBe(143);
  expect(runs(pid)).toBe(false);
});

async function newPid(run: Run): Promise<number> {
  await run.says(/started again \(pid \d+\)/);
  return Number(/started again \(pid (\d+)\)/.exec(run.stderr())?.[1]);
}

test('files that became wrong meanwhile do not keep a new Caddy from what was served', async () => {
  const path = await policy(hello);
  const run = up({ args: ['--local', path], home });
  const found = await run.document();
  await writeFile(path, 'sites:\n  app.localhost: { respnd: hello }\n');
  process.kill(found.caddy.pid, 'SIGKILL');
  await run.says(/did you mean `respond`/);
  await run.says(/Caddy: serves again/);
  expect((await get(found, 'app.localhost')).body).toBe('hello');
});

test('files that changed meanwhile are served as they are now', async () => {
  const path = await policy(hello);
  const run = up({ args: ['--local', path], home });
  const found = await run.document();
  await writeFile(path, hello.replace('respond: hello', 'respond: changed'));
  process.kill(found.caddy.pid, 'SIGKILL');
  await run.says(/Caddy: serves again/);
  expect((await get(found, 'app.localhost')).body).toBe('changed');
});

test('policies from standard input outlive the Caddy that they were read for', async () => {
  const run = up({ args: ['--local', '-'], home, stdin: hello });
  const found = await run.document();
  process.kill(found.caddy.pid, 'SIGKILL');
  await run.says(/Caddy: serves again/);
  expect((await get(found, 'app.localhost')).body).toBe('hello');
});

test('the Caddy of a killed caddyctl is found and ended at the next start', async () => {
  const path = await policy(hello);
  const killed = up({ args: ['--local', path], home });
  const before = await killed.document();
  killed.kill('SIGKILL');
  expect(await killed.ended).toBe('SIGKILL');
  expect(runs(before.caddy.pid)).toBe(true);

  const run = up({ args: ['--local', path], home });
  const found = await run.document();
  expect(run.stderr()).toContain(`left its Caddy running (pid ${before.caddy.pid})`);
  expect(runs(before.caddy.pid)).toBe(false);
  // It had the ports, and they are had again.
  expect(found.sites[0]?.url).toBe(before.sites[0]?.url);
  expect((await get(found, 'app.localhost')).body).toBe('hello');
});

test('the root that was trusted once stays', async () => {
  const path = await policy(hello);
  const roots: string[] = [];
  for (let time = 1; time <= 2; time++) {
    const run = up({ args: ['--local', path], home });
    const { rootCertificate } = await run.document();
    roots.push(await readFile(rootCertificate ?? '', 'utf8'));
    run.kill('SIGINT');
    await run.ended;
  }
  expect(roots[1]).toBe(roots[0]);
});

test('a second one with the same folder is refused, and the first is not troubled', async () => {
  const path = await policy(hello);
  const first = up({ args: ['--local', path], home });
  const found = await first.document();
  const second = up({ args: ['--local', path], home });
  expect(await second.ended).toBe(5);
  expect(second.stderr()).toContain(`another caddyctl up (pid ${first.pid})`);
  expect((await get(found, 'app.localhost')).body).toBe('hello');

  const elsewhere = up({ args: ['--local', '--state-dir', join(home, 'other'), path], home, env: anyPorts });
  const other = await elsewhere.document();
  expect(other.sites[0]?.url).not.toBe(found.sites[0]?.url);
  expect((await get(other, 'app.localhost')).body).toBe('hello');
});

test('diff, apply, history and rollback with --local mean the Caddy that runs, with its ports and certificates', async () => {
  const path = await policy(hello);
  const run = up({ args: ['--local', path], home });
  const found = await run.document();
  const ask = async (...args: string[]): Promise<readonly [string, number | NodeJS.Signals]> => {
    const asked = caddyctl({ args: [...args, '--local'], home });
    const ended = await asked.ended;
    return [asked.stdout() + asked.stderr(), ended];
  };
  const body = async (): Promise<string> => (await get(found, 'app.localhost')).body;
  expect(await ask('diff', '--detailed-exitcode', path)).toEqual([expect.stringContaining('No changes'), 0]);
  await writeFile(path, hello.replace('respond: hello', 'respond: changed'));
  await run.says(/^Applied: 0 added, 1 changed, 0 removed, live \d+ ms after the save$/m);
  expect(await body()).toBe('changed');
  expect((await ask('history'))[0].match(/ up /g)).toHaveLength(2);

  expect(await ask('rollback', '--yes')).toEqual([expect.stringContaining('1 changed'), 0]);
  expect(await body()).toBe('hello');
  await run.says(/^Revision \w+ is pinned: it stays until a policy changes$/m);
  run.kill('SIGHUP');
  await run.says(/Nothing to apply/);
  expect(await body()).toBe('hello');
  expect(await ask('apply', '--yes', path)).toEqual([expect.stringContaining('1 changed'), 0]);
  expect(await body()).toBe('changed');
});

test('without one that runs, --local says so', async () => {
  const run = caddyctl({ args: ['diff', '--local', await policy(hello)], home });
  expect(await run.ended).toBe(4);
  expect(run.stderr()).toContain('no `caddyctl up --local` runs');
});
