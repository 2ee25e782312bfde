import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSystemd } from '../../src/daemon/systemd.ts';
import { createServiceNotices } from '../../src/daemon/service-notices.ts';
import { createLiveness } from '../../src/daemon/status/liveness.ts';
import { createStatusHolder, initialStatus, type StatusHolder } from '../../src/daemon/status/state.ts';
import { type Log, silentLog } from '../../src/log.ts';
import { type Notified, startNotified } from '../support/notify.ts';
import { until } from '../support/until.ts';

let folder: string;
let status: StatusHolder;
let notified: Notified;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sd-'));
  notified = await startNotified(folder);
  status = createStatusHolder(initialStatus('default', 'unix//run/admin.sock', new Date()));
});
afterEach(() => rm(folder, { recursive: true }));

function passed(kind: 'applied' | 'invalid', at: Date): void {
  const lastPass = { kind, at: at.toISOString(), milliseconds: 1, message: 'a site\nis wrong', diagnostics: [] };
  status.update((before) => ({
    ...before,
    caddy: { ...before.caddy, reachable: true },
    revisions: { running: 'abc' },
    readyAt: at.toISOString(),
    lastPass,
  }));
}

test('a start, a reload and an end, in this order and each as one message', async () => {
  const liveness = createLiveness(1_000);
  const notices = createServiceNotices({ env: notified.env, status, liveness, log: silentLog });
  notices.startedByFirstPass();
  passed('applied', new Date());
  notices.asked();
  // One that began before it was asked for is not meant.
  passed('applied', new Date(Date.now() - 60_000));
  passed('invalid', new Date(Date.now() + 1));
  notices.stopping();
  await notices.close();
  expect(await notified.told()).toEqual([
    'STATUS=serving 0 sites, revision abc',
    'READY=1',
    expect.stringMatching(/^RELOADING=1 MONOTONIC_USEC=\d+$/),
    'STATUS=degraded, revision abc: a site is wrong',
    'READY=1',
    'STOPPING=1',
  ]);
});

test('the watchdog hears of a worker that gets on, and nothing of one that hangs', async () => {
  let asked = 0;
  let underWay: number | undefined;
  const liveness = {
    ...createLiveness(1_000),
    underWay: () => {
      asked++;
      return underWay;
    },
  };
  const env = { ...notified.env, WATCHDOG_USEC: '60000', WATCHDOG_PID: `${process.pid}` };
  const hears = async (): Promise<number> => (await notified.told()).length;
  const alive = createServiceNotices({ env, status, liveness, log: silentLog });
  await until(async () => ((await hears()) >= 2 ? true : undefined));
  await alive.close();
  const before = await hears();

  underWay = liveness.longest + 1;
  const stuck = createServiceNotices({ env, status, liveness, log: silentLog });
  asked = 0;
  await until(() => (asked >= 3 ? true : undefined));
  await stuck.close();
  expect(await hears()).toBe(before);
  expect(new Set(await notified.told())).toEqual(new Set(['WATCHDOG=1']));
});

test('nobody is told where nobody wants to hear, and no watchdog of another process is fed', async () => {
  const env = { ...notified.env, WATCHDOG_USEC: '60000' };
  expect(openSystemd({ ...env, NOTIFY_SOCKET: undefined }, silentLog)).toBeUndefined();
  expect(openSystemd({ ...env, WATCHDOG_PID: '1' }, silentLog)?.patience).toBeUndefined();
  expect(openSystemd(env, silentLog)?.patience).toBe(60);
});

test('where systemd has no program for it, that is told once', async () => {
  const warnings: object[] = [];
  const log: Log = { ...silentLog, warn: (fields) => void warnings.push(fields) };
  const manager = openSystemd({ PATH: join(folder, 'none'), NOTIFY_SOCKET: '/run/notify' }, log);
  manager?.tell({ READY: 1 });
  manager?.tell({ STATUS: 'x' });
  await manager?.sent();
  expect(warnings).toEqual([expect.objectContaining({ hint: expect.stringContaining('install systemd-notify') })]);
});

const canListen = ['systemd-notify', 'python3'].every((program) => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

test.skipIf(!canListen)("systemd's own program, to a real socket", async () => {
  const path = join(folder, 'notify');
  const script = `
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
while True:
    data, passed, _, _ = s.recvmsg(4096, 256)
    # What is passed along is closed by one who has read it: the sender waits for that.
    for _, _, fds in passed:
        for fd in array.array('i', fds): os.close(fd)
    if data != b'BARRIER=1': print(data.decode(), flush=True)
`;
  const listener = spawn('python3', ['-c', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  listener.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  try {
    await until(() => (said.startsWith('bound\n') ? true : undefined));
    const manager = openSystemd({ ...process.env, NOTIFY_SOCKET: path }, silentLog);
    manager?.tell({ STATUS: 'serving 3 sites; all is well' });
    manager?.tell({ RELOADING: 1, MONOTONIC_USEC: 7 });
    manager?.tell({ READY: 1 });
    await manager?.sent();
    await until(() => (said.endsWith('READY=1\n') ? true : undefined));
    expect(said).toBe('bound\nSTATUS=serving 3 sites; all is well\nRELOADING=1\nMONOTONIC_USEC=7\nREADY=1\n');
  } finally {
    listener.kill('SIGKILL');
    await once(listener, 'exit');
  }
});
