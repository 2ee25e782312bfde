import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../support/client/ports.ts';
import { anyPorts, endAll, get, newHome, type Run, up } from '../support/up.ts';

let home: string;
let holders: Server[] = [];
beforeEach(async () => {
  home = await newHome();
});
afterEach(async () => {
  await endAll([home]);
  for (const holder of holders) holder.close();
  holders = [];
});

async function policy(text: string): Promise<string> {
  const path = join(home, 'site.yaml');
  await writeFile(path, text);
  return path;
}

const hello = 'sites:\n  app.localhost: { respond: hello }\n';

/** Listens on this port of 127.0.0.1, if nobody else does, so that it is taken one way or the other. */
async function take(port: number): Promise<void> {
  const holder = createServer();
  holders.push(holder);
  await new Promise<void>((resolve) => {
    holder.once('error', () => resolve());
    holder.listen(port, '127.0.0.1', () => resolve());
  });
}

/** What it says when it ends with this code. */
async function refusal(run: Run, code: number): Promise<string> {
  expect(await run.ended, run.stderr()).toBe(code);
  return run.stderr();
}

async function nothingWasMade(): Promise<boolean> {
  return (await stat(join(home, '.local')).catch(() => undefined)) === undefined;
}

test('wrong policies: diagnostics, and nothing is started', async () => {
  const run = up({ args: ['--local', await policy('sites:\n  app.localhost: { respnd: hello }\n')], home });
  expect(await refusal(run, 3)).toContain('did you mean `respond`');
  expect(JSON.parse(run.stdout())).toEqual({
    error: { code: 'invalid', exit: 3, message: 'there are mistakes: see the diagnostics' },
    diagnostics: [expect.objectContaining({ severity: 'error', place: expect.objectContaining({ line: 2 }) })],
  });
  expect(await nothingWasMade()).toBe(true);
});

test('a secret that is not set, without --local: the policy line, and nothing is started', async () => {
  const path = await policy(`sites:
  app.localhost:
    respond: hello
    auth: { basic: { users: { me: { env: MY_HASH }, you: { env: YOUR_HASH } } } }
`);
  const run = up({ args: ['--internal-ca', path], home, env: { YOUR_HASH: 'not-a-hash-but-a-password' } });
  const said = await refusal(run, 3);
  expect(said).toMatch(/the variable MY_HASH, which holds a secret, is not set\n.*site\.yaml:4:/);
  expect(said).toMatch(/the variable YOUR_HASH does not hold a bcrypt hash\n.*site\.yaml:4:/);
  expect(said).not.toContain('but-a-password');
  expect(await nothingWasMade()).toBe(true);
});

test('no Caddy where CADDY_BIN says', async () => {
  const run = up({ args: ['--local', await policy(hello)], home, env: { CADDY_BIN: join(home, 'no-caddy') } });
  expect(await refusal(run, 4)).toMatch(/CADDY_BIN is .*no-caddy, which cannot be used/);
});

test('a Caddy that does not start: its own last words', async () => {
  const broken = join(home, 'caddy');
  await writeFile(
    broken,
    '#!/bin/sh\n[ "$1" = version ] && echo v2.11.4 && exit\necho "Error: out of luck" >&2\nexit 1\n',
  );
  await chmod(broken, 0o755);
  const run = up({ args: ['--local', await policy(hello)], home, env: { CADDY_BIN: broken } });
  expect(await refusal(run, 4)).toContain('error: Caddy did not start: it ended with exit code 1: Error: out of luck');
});

test('the usual local ports are taken: others are had, and it is said', async () => {
  await take(8080);
  await take(8443);
  const run = up({ args: ['--local', await policy(hello)], home, env: anyPorts });
  const found = await run.document();
  expect(run.stderr()).toMatch(/^port 8080 is taken; http is on \d+ this time$/m);
  expect(run.stderr()).toMatch(/^port 8443 is taken; https is on \d+ this time$/m);
  expect((await get(found, 'app.localhost')).body).toBe('hello');
});

test('ports that the operator names are had or refused, never replaced', async () => {
  const [http, https] = [await freePort(), await freePort()];
  const ports = ['--http-port', `${http}`, '--https-port', `${https}`];
  const path = await policy(hello);
  const run = up({ args: ['--local', ...ports, path], home });
  const found = await run.document();
  expect(found.sites[0]?.url).toBe(`https://app.localhost:${https}/`);
  run.kill('SIGTERM');
  await run.ended;

  await take(https);
  const local = await refusal(up({ args: ['--local', ...ports, path], home }), 5);
  expect(local).toContain(`127.0.0.1:${https} is taken`);
  const earnest = await refusal(up({ args: ['--internal-ca', ...ports, path], home }), 5);
  expect(earnest).toContain(`:${https} is taken`);
});

test("a site's own address that is taken: refused at its line, and with --local moved", async () => {
  const port = await freePort();
  await take(port);
  const path = await policy(`sites:
  app.localhost:
    respond: hello
    tunnel: { listen: "127.0.0.1:${port}", trusted_proxies: loopback }
`);
  const ports = ['--http-port', `${await freePort()}`, '--https-port', `${await freePort()}`];
  const said = await refusal(up({ args: ['--internal-ca', ...ports, path], home }), 5);
  expect(said).toMatch(
    new RegExp(`127\\.0\\.0\\.1:${port} is taken: another program listens there\\n.*site\\.yaml:4:24`),
  );

  const run = up({ args: ['--local', ...ports, path], home });
  const found = await run.document();
  const tunnel = found.sites.find(({ way }) => way === 'tunnel');
  expect(run.stderr()).toMatch(
    new RegExp(`warning\\[listen-moved\\] 127\\.0\\.0\\.1:${port} is taken .*${tunnel?.address}`),
  );
  expect(tunnel?.ready).toBe(true);
  expect(tunnel?.address).not.toBe(`127.0.0.1:${port}`);
});

test('what Caddy itself rejects: the policy line, and the Caddy that was started for it is stopped', async () => {
  await mkdir(join(home, 'files'));
  const path = await policy(`sites:
  app.localhost:
    respond: hello
    tls: { certificate: ${home}/files/none.crt, key: ${home}/files/none.key }
`);
  const ports = ['--http-port', `${await freePort()}`, '--https-port', `${await freePort()}`];
  const run = up({ args: [...ports, path], home });
  const said = await refusal(run, 6);
  expect(said).toMatch(/error\[caddy-rejects\] .*none\.crt: no such file/);
  expect(said).toContain('error: Caddy rejected the config');
});

test('a folder without policies is refused, unless that is meant', async () => {
  await mkdir(join(home, 'none'));
  expect(await refusal(up({ args: ['--local', join(home, 'none')], home }), 9)).toContain('--allow-empty');
  const run = up({ args: ['--local', '--allow-empty', join(home, 'none')], home });
  expect((await run.document()).sites).toEqual([]);
});

test('a state folder of somebody else is refused', async () => {
  await mkdir(join(home, 'state'));
  await writeFile(join(home, 'state/local'), '');
  const run = up({ args: ['--local', '--state-dir', join(home, 'state'), await policy(hello)], home });
  expect(await refusal(run, 1)).toMatch(/error: .*state\/local/);
});
