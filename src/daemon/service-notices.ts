import { counted } from '../diagnostics/counted.ts';
import type { Log } from '../log.ts';
import { openSystemd, type Systemd } from './systemd.ts';
import { healthOf } from './status/health.ts';
import { isAlive, type Liveness } from './status/liveness.ts';
import type { DaemonStatus, StatusHolder } from './status/state.ts';

export interface ServiceNoticesParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly status: StatusHolder;
  readonly liveness: Liveness;
  readonly log: Log;
}

/** Keeps the service manager that started us, if one did, up to date. */
export interface ServiceNotices {
  /** The start is over. Later calls say nothing. */
  started(): void;
  /** The start is over with the first pass, whatever became of it: from then on a Caddy that is away is waited for. */
  startedByFirstPass(): void;
  /** Somebody asked to look at everything now: it is told when the next pass is over. */
  asked(): void;
  stopping(): void;
  /** Resolves when all was told. */
  close(): Promise<void>;
}

export function createServiceNotices({ env, status, liveness, log }: ServiceNoticesParts): ServiceNotices {
  const systemd = openSystemd(env, log);
  return systemd === undefined ? silent : noticesTo(systemd, status, liveness);
}

const silent: ServiceNotices = {
  started() {},
  startedByFirstPass() {},
  asked() {},
  stopping() {},
  close: async () => {},
};

function noticesTo(systemd: Systemd, status: StatusHolder, liveness: Liveness): ServiceNotices {
  let said = '';
  let isStarted = false;
  let startsByPass = false;
  /** When it was asked, as passes write their times. */
  let askedAt: string | undefined;

  const lookAt = (now: DaemonStatus): void => {
    const line = lineOf(now, isAlive(liveness));
    if (line !== said) systemd.tell({ STATUS: line });
    said = line;
    if (startsByPass && now.lastPass !== undefined) started();
    if (askedAt === undefined || now.lastPass === undefined || now.lastPass.at < askedAt) return;
    askedAt = undefined;
    systemd.tell({ READY: 1 });
  };
  function started(): void {
    if (!isStarted) systemd.tell({ READY: 1 });
    isStarted = true;
  }

  const unsubscribe = status.subscribe(lookAt);
  // Where the event loop is blocked no timer fires; where the worker hangs this says nothing. Either way we are started anew.
  const { patience } = systemd;
  const beat = (): void => void (isAlive(liveness) && systemd.tell({ WATCHDOG: 1 }));
  const beating = patience === undefined ? undefined : setInterval(beat, patience / 3);
  beating?.unref();
  return {
    started,
    startedByFirstPass() {
      startsByPass = true;
    },
    asked() {
      if (!isStarted) return;
      askedAt = new Date().toISOString();
      systemd.tell({ RELOADING: 1, MONOTONIC_USEC: `${process.hrtime.bigint() / 1_000n}` });
    },
    stopping: () => systemd.tell({ STOPPING: 1 }),
    async close() {
      clearInterval(beating);
      unsubscribe();
      await systemd.sent();
    },
  };
}

/** What `systemctl status` shows. */
function lineOf(status: DaemonStatus, alive: boolean): string {
  const { state, reasons } = healthOf(status, alive);
  const { sites, revisions } = status;
  const of = revisions.running === undefined ? '' : `, revision ${revisions.running}`;
  const what = {
    serving: `serving ${counted(sites.length, 'site')}${of}`,
    degraded: `degraded${of}`,
    'not-serving': 'not serving',
  };
  const [first] = reasons;
  return first === undefined ? what[state] : `${what[state]}: ${first.message}`;
}
