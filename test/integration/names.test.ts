import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DnsServer, startDnsServer } from '../support/dns-server.ts';
import { caddyctl, endAll } from '../support/up.ts';
import { logOf, logs, startWatching, type Watching } from '../support/watching.ts';

let at: Watching;
let names: DnsServer;
let app: Server;
beforeEach(async () => {
  [at, names] = [await startWatching(), await startDnsServer()];
  app = createServer((_, answer) => answer.end('app'));
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  await at.startCaddy();
});
afterEach(async () => {
  await endAll([]);
  await at.stop();
  names.close();
  app.close();
});

const env = () => ({
  TEST_DNS: names.address,
  NODE_OPTIONS: `--import ${new URL('../support/dns-preload.ts', import.meta.url).pathname}`,
});

const leadingTo = (name: string, port: number | string): string =>
  `sites: { evil.test: { tls: off, allow_from: private, to: "${name}:${port}" } }\n`;

async function apply() {
  const args = ['apply', join(at.folder, 'policies'), '--admin', at.proxy.address, '--http-port', String(at.port)];
  const run = caddyctl({ args, home: at.folder, env: env() });
  return { exit: await run.ended, stderr: run.stderr() };
}

test('apply pushes nothing that leads by a name where none may, and says at which line', async () => {
  const [, admin = ''] = /:(\d+)$/.exec(at.proxy.address) ?? [];
  for (const [address, port, code] of [
    ['169.254.169.254', 80, 'metadata-upstream'],
    ['127.0.0.1', admin, 'admin-upstream'],
    ['::1', 2019, 'admin-upstream'],
    ['127.0.0.1', 2020, 'status-upstream'],
  ] as const) {
    names.say({ 'trap.example': ['192.0.2.1', address] });
    await at.write(leadingTo('Trap.Example', port));
    const { exit, stderr } = await apply();
    expect(exit, stderr).toBe(3);
    expect(stderr).toContain(`error[${code}] Trap.Example:${port} leads to ${address}, which is`);
    expect(stderr).toMatch(/site\.yaml:1:\d+/);
  }
  expect(at.loads()).toBe(0);
  names.say({ 'trap.example': ['192.0.2.1'] });
  await at.write(leadingTo('trap.example', 80));
  expect((await apply()).exit).toBe(0);
});

test("the daemon holds the owner whose name leads there, and the others' changes go live", async () => {
  for (const folder of ['evil', 'web']) await mkdir(join(at.folder, 'policies', folder));
  const owners = join(at.folder, 'owners.yaml');
  await writeFile(
    owners,
    `owners:
  evil: { folder: policies/evil, hosts: evil.test, upstreams: [127.0.0.1, trap.example] }
  web: { folder: policies/web, hosts: web.test }
`,
  );
  const { port } = app.address() as AddressInfo;
  const web = (body: string) => at.write(`sites: { web.test: { tls: off, respond: ${body} } }\n`, 'web/a.yaml');
  names.say({ 'trap.example': ['169.254.169.254'] });
  await at.write(`sites: { evil.test: { tls: off, to: "127.0.0.1:${port}" } }\n`, 'evil/a.yaml');
  await web('one');
  const run = at.watchWith({ flags: ['--owners', owners, '--http-port', String(at.port)], env: env() });
  await at.serves('web.test', 'one');
  await at.serves('evil.test', 'app');
  const before = logOf(run).length;
  await at.write(leadingTo('trap.example', 80), 'evil/a.yaml');
  await logs(run, { msg: 'diagnostic', code: 'metadata-upstream' }, before);
  await web('two');
  await at.serves('web.test', 'two');
  expect(await at.body('evil.test')).toBe('app');
});
