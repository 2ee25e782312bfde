import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type RunningCaddy, startCaddy } from '../support/caddy.ts';
import { http1 } from '../support/client/http1.ts';
import { freePort } from '../support/client/ports.ts';
import { type Notified, startNotified } from '../support/notify.ts';
import { caddyctl, endAll, newHome, type Run } from '../support/up.ts';
import { until } from '../support/until.ts';

let home: string;
let notified: Notified;
let port: number;
let caddy: RunningCaddy | undefined;
beforeEach(async () => {
  home = await newHome();
  notified = await startNotified(home);
  port = await freePort();
  await mkdir(join(home, 'policies'));
  await write('hello');
});
afterEach(async () => {
  await endAll([home]);
  await caddy?.stop();
  caddy = undefined;
});

const write = (text: string): Promise<void> =>
  writeFile(
    join(home, 'policies/site.yaml'),
    `sites:\n  app.localhost: { respond: ${text}, tls: off, listen: "127.0.0.1:${port}" }\n`,
  );

const body = async (): Promise<string> => (await http1({ host: 'app.localhost', port })).body;

/** Runs what a unit says, as systemd would, with its folders elsewhere. */
async function start(unit: string, more: Readonly<Record<string, string>>, ...flags: readonly string[]): Promise<Run> {
  const text = await readFile(join(import.meta.dirname, '../../docker', unit), 'utf8');
  const [, line = ''] = /^ExecStart=\/usr\/bin\/caddyctl (.*)$/m.exec(text) ?? [];
  const moved = line
    .replace('/etc/caddyctl', join(home, 'policies'))
    .replace('/run/caddyctl/status.sock', join(home, 'status.sock'))
    .replace('/run/caddy/admin.sock', caddy?.address.slice('unix/'.length) ?? '');
  const env = { ...notified.env, STATE_DIRECTORY: join(home, 'state'), WATCHDOG_USEC: '900000', ...more };
  return caddyctl({ args: [...moved.split(' '), ...flags], home, env });
}

/** Waits until it is told something like this, after the first `skip` messages. */
const isTold = async (pattern: RegExp, skip = 0): Promise<void> =>
  void (await until(async () => (await notified.told()).slice(skip).some((each) => pattern.test(each)) || undefined));

/** Since these messages: a reload, of which systemd hears the begin and the end. */
async function reload(run: Run): Promise<void> {
  const before = (await notified.told()).length;
  run.kill('SIGHUP');
  await isTold(/^RELOADING=1 MONOTONIC_USEC=\d+$/, before);
  await isTold(/^READY=1$/, before);
}

async function lives(run: Run): Promise<void> {
  await isTold(/^READY=1$/);
  expect(await body()).toBe('hello');
  await isTold(/^STATUS=serving 1 site, revision \w+$/);
  await isTold(/^WATCHDOG=1$/);
  await reload(run);
  run.kill('SIGTERM');
  expect(await run.ended).toBe(143);
  // It is watched until it is gone: a beat may follow.
  expect((await notified.told()).findLast((each) => each !== 'WATCHDOG=1')).toBe('STOPPING=1');
}

test('the unit beside a Caddy: ready when it serves, a reload, the end', async () => {
  caddy = await startCaddy({ caddyPath: inject('caddyPath') });
  await lives(await start('caddyctl.service', {}));
  // What serves goes on without it.
  expect(await body()).toBe('hello');
});

test('the unit with a Caddy of its own: the same', async () => {
  const ports = ['--http-port', `${await freePort()}`, '--https-port', `${await freePort()}`];
  await lives(await start('caddyctl-up.service', { XDG_DATA_HOME: join(home, 'data') }, ...ports));
});

test('a Caddy that is away keeps no start waiting, and systemctl status says so', async () => {
  caddy = await startCaddy({ caddyPath: inject('caddyPath') });
  await caddy.stop();
  const run = await start('caddyctl.service', {});
  await isTold(/^READY=1$/);
  await isTold(/^STATUS=not serving: /);
  await reload(run);
});
