import { styleText } from 'node:util';
import { createAdmin } from '../../admin/client.ts';
import { createBackoff } from '../../daemon/backoff.ts';
import { createLogReader, type LogLine } from '../../daemon/caddy-log.ts';
import { type ManagedCaddy, startManagedCaddy } from '../../daemon/managed-caddy.ts';
import { untilReady } from '../../daemon/ready.ts';
import { readRootCertificate, rootCertificatePath } from '../../daemon/root-certificate.ts';
import { type Served, servedSites } from '../../daemon/served.ts';
import { supervise } from '../../daemon/supervise.ts';
import { isServed } from '../../daemon/watch/result.ts';
import type { Turn } from '../../daemon/watch/turn.ts';
import { diagnosticsAsJson } from '../../diagnostics/as-json.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { systemReason } from '../../files/problem.ts';
import type { Invocation } from '../command.ts';
import type { OutputSettings } from '../settings.ts';
import { createAnnouncer } from './announce.ts';
import { failureOfStart } from './failed-start.ts';
import type { Hangups } from './hangup.ts';
import { createPeopleLog } from './people-log.ts';
import type { Prepared } from './prepare.ts';
import { recordRunning } from './record.ts';
import type { UpSettings } from './settings.ts';
import { createWorker } from './worker.ts';

export interface ServeSettings extends UpSettings, OutputSettings {}

/** Milliseconds for the pass under way, and for it and Caddy together: container engines give ten seconds. */
const patience = { pass: 4_000, all: 8_000 };
/** For certificates of the internal CA, and for those that somebody else must sign first. */
const readyLimits = { internal: 30_000, other: 10_000 };

/** Starts Caddy, applies, announces, and keeps it running, at what the files say, until `stop`. */
export async function serve(
  { operands, options, output, process }: Invocation<ServeSettings>,
  { binary, folder, provider, stdin }: Prepared,
  hangups: Hangups,
  stop: AbortSignal,
): Promise<void> {
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  const env = {
    ...process.env,
    // A CA and certificates of its own, so that trying things out touches nothing of the operator's.
    ...(options.local && { XDG_DATA_HOME: folder.data }),
  };
  const rootCertificate = rootCertificatePath(env);
  const readLog = createLogReader(options.quiet ? 'error' : options.logLevel, { onLaptop: options.local });
  const address = `unix/${folder.adminSocket}`;
  const announcer = createAnnouncer(output, { binary, admin: address, operands, options, env: process.env, provider });
  const people = createPeopleLog({
    level: options.logLevel,
    quiet: options.quiet,
    tell,
    allowing: (digest) => announcer.allowing(digest),
    testing: () => announcer.testing(),
  });
  const { log } = people;
  const worker = await createWorker({
    admin: createAdmin({ kind: 'unix', path: folder.adminSocket, text: address }),
    operands,
    stdin,
    options,
    env: process.env,
    target: provider.target(),
    provide: provider.provide,
    log,
    show: (diagnostics) => output.diagnostics(news(diagnostics)),
    onTurn,
  });
  hangups.onAsked(() => worker.ring('signal'));
  const crash = new AbortController();

  const warned = new Set<string>();
  /** Each save meets the same warnings again. */
  function news(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
    const keys = diagnosticsAsJson(diagnostics).map((each) => JSON.stringify(each));
    const isNew = diagnostics.map(({ severity }, at) => severity === 'error' || !warned.has(keys[at] ?? ''));
    for (const key of keys) warned.add(key);
    return diagnostics.filter((_, at) => isNew[at]);
  }

  let caddy: ManagedCaddy | undefined;
  let sites: readonly Served[] = [];
  let recorded = provider.target();
  let held: string | undefined;
  /** Other commands mean this Caddy by what is recorded of it. */
  async function record(): Promise<void> {
    recorded = provider.target();
    if (caddy !== undefined) await recordRunning(folder.record, caddy, recorded);
  }
  const orSay = (error: unknown): void =>
    log.warn({ reason: systemReason(error) }, `${folder.record} cannot be written`);

  function onTurn({ policies, result, pinned }: Turn): void {
    if (pinned !== undefined && pinned !== held)
      output.note(`Revision ${pinned} is pinned: it stays until a policy changes`);
    held = pinned;
    if (provider.target() !== recorded) record().catch(orSay);
    if (policies?.model === undefined || !isServed(result)) return;
    sites = servedSites(policies.model, provider.target());
    announcer.news(sites);
  }

  const isReady = (limit: number, signal: AbortSignal): Promise<readonly Served[]> =>
    untilReady(sites, { rootCertificate: () => readRootCertificate(rootCertificate), limit, signal });

  async function begin(caddy: ManagedCaddy, ended: AbortSignal): Promise<void> {
    const first = worker.turns.next(() => true, ended);
    worker.run().catch((error: unknown) => crash.abort(error));
    const turn = await first;
    if (turn === undefined) return;
    const isFormer = turn.fallback !== undefined && isServed(turn.fallback);
    if (!isServed(turn.result) && !isFormer) throw failureOfStart(turn.result);
    const limit = sites.some(({ certificate }) => certificate === 'other') ? readyLimits.other : readyLimits.internal;
    const waiting = await isReady(limit, ended);
    if (ended.aborted) return;
    const hasInternal = sites.some(({ certificate }) => certificate === 'internal');
    const found = {
      pid: caddy.pid,
      sites,
      waiting,
      former: isFormer ? turn.settled?.revision : undefined,
      rootCertificate: hasInternal ? rootCertificate : undefined,
    };
    await announcer.start(found, worker.status.get());
    people.open();
    worker.notices.started();
  }

  async function again(ended: AbortSignal): Promise<void> {
    const served = worker.turns.next(({ result, fallback }) => isServed(fallback ?? result), ended);
    worker.ring('caddy-back');
    if ((await served) === undefined) return;
    await isReady(readyLimits.other, ended);
    if (!ended.aborted) tell('Caddy: serves again');
  }

  const saysSo = (): void => {
    output.note('Stopping: Caddy finishes what is under way; once more ends it at once');
    worker.notices.stopping();
  };
  stop.addEventListener('abort', saysSo, { once: true });
  try {
    await supervise({
      start: () =>
        startManagedCaddy({
          path: binary.path,
          env,
          adminSocket: folder.adminSocket,
          onLine(line) {
            const read = readLog(line);
            if (read !== undefined) tell(logLine(read, output.noteColor));
          },
        }),
      async serve(started, { first, ended }) {
        caddy = started;
        await (first ? record() : record().catch(orSay));
        await (first ? begin(started, ended) : again(ended));
      },
      drained: () => worker.end(patience.pass),
      stop: AbortSignal.any([stop, crash.signal]),
      say: tell,
      backoff: createBackoff(),
      patience: patience.all,
    });
  } finally {
    await worker.end(patience.pass);
    await worker.notices.close();
  }
  if (crash.signal.aborted) throw crash.signal.reason;
}

function logLine({ level, text }: LogLine, color: boolean): string {
  const style = ({ error: 'red', warn: 'yellow', info: 'dim', debug: 'dim' } as const)[level];
  const name = color ? styleText(style, level, { validateStream: false }) : level;
  return `Caddy: ${name}: ${text}`;
}
