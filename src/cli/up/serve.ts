import { styleText } from 'node:util';
import { createBackoff } from '../../daemon/backoff.ts';
import { createLogReader, type LogLine } from '../../daemon/caddy-log.ts';
import { type ManagedCaddy, startManagedCaddy } from '../../daemon/managed-caddy.ts';
import { createPolicyWorker, isServed } from '../../daemon/policy-worker.ts';
import { untilReady } from '../../daemon/ready.ts';
import { readRootCertificate, rootCertificatePath } from '../../daemon/root-certificate.ts';
import { writeRecord } from '../../daemon/running-record.ts';
import { type Served, servedSites } from '../../daemon/served.ts';
import { supervise } from '../../daemon/supervise.ts';
import type { Outcome } from '../../reconcile/outcome.ts';
import type { Invocation } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { exitCodeOf, failureOf } from '../outcome.ts';
import type { OutputSettings } from '../settings.ts';
import { announce } from './announce.ts';
import type { Prepared } from './prepare.ts';
import type { UpSettings } from './settings.ts';

export interface ServeSettings extends UpSettings, OutputSettings {}

/** Milliseconds for Caddy to finish what is under way, within the ten seconds that container engines give. */
const patience = 8_000;
/** For certificates of the internal CA, and for those that somebody else must sign first. */
const readyLimits = { internal: 30_000, other: 10_000 };

/** Starts Caddy, applies, announces, and keeps it running until `stop`. */
export async function serve(
  { operands, options, output, process }: Invocation<ServeSettings>,
  { binary, folder, target, model, secrets, compile }: Prepared,
  stop: AbortSignal,
): Promise<void> {
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  const env = {
    ...process.env,
    ...secrets.env,
    // A CA and certificates of its own, so that trying things out touches nothing of the operator's.
    ...(options.local && { XDG_DATA_HOME: folder.data }),
  };
  const rootCertificate = rootCertificatePath(env);
  const sites = servedSites(model, target);
  const readLog = createLogReader(options.quiet ? 'error' : options.logLevel);

  const worker = createPolicyWorker({
    target,
    options: { allowEmpty: options.allowEmpty, maxDelete: 1, forceConflicts: false },
    read: (running) => compile(running === undefined ? target : { ...target, running }),
    report(outcome, compiled) {
      const rejection = outcome.kind === 'rejected' ? [outcome.diagnostic] : [];
      output.diagnostics([...(compiled?.diagnostics ?? []), ...rejection]);
    },
  });

  const isReady = (limit: number, signal: AbortSignal): Promise<readonly Served[]> =>
    untilReady(sites, { rootCertificate: () => readRootCertificate(rootCertificate), limit, signal });

  async function begin(caddy: ManagedCaddy, ended: AbortSignal): Promise<void> {
    const outcome = await worker.apply(caddy.admin);
    if (ended.aborted) return;
    if (!isServed(outcome)) throw whyNot(outcome);
    const limit = sites.some(({ certificate }) => certificate === 'other') ? readyLimits.other : readyLimits.internal;
    const waiting = await isReady(limit, ended);
    if (ended.aborted) return;
    const hasInternal = sites.some(({ certificate }) => certificate === 'internal');
    const summary = { binary, pid: caddy.pid, admin: caddy.admin.address, sites, waiting };
    await announce(output, {
      ...summary,
      rootCertificate: hasInternal ? rootCertificate : undefined,
      madeUp: secrets.secrets,
      target,
      operands,
      options,
      env: process.env,
    });
  }

  const saysSo = (): void => output.note('Stopping: Caddy finishes what is under way; once more ends it at once');
  stop.addEventListener('abort', saysSo, { once: true });
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
    async serve(caddy, { first, ended }) {
      const { owner, httpPort, httpsPort, internalCa } = target;
      const listen = Object.fromEntries([...(target.listen ?? [])].map(([from, to]) => [from, [...to]]));
      const shared = { owner, httpPort, httpsPort, internalCa, listen };
      const admin = caddy.admin.address;
      await writeRecord(folder.record, { caddyctl: process.pid, caddy: caddy.pid, admin, target: shared });
      // Here is the place of what goes on as long as this Caddy runs, such as watching the files.
      if (first) return begin(caddy, ended);
      await worker.restore(caddy.admin, ended);
      await isReady(readyLimits.other, ended);
      if (!ended.aborted) tell('Caddy: serves again');
    },
    stop,
    say: tell,
    backoff: createBackoff(),
    patience,
  });
}

/** The Caddy that was started for this is stopped again. */
function whyNot(outcome: Outcome): Failure {
  const code = exitCodeOf(outcome);
  if (outcome.kind === 'invalid') return new Failure(code, 'this Caddy cannot serve these policies');
  if (outcome.kind === 'rejected') return new Failure(code, 'Caddy rejected the config');
  return failureOf(outcome) ?? new Failure(exitCodes.unexpected, `the policies were not applied: ${outcome.kind}`);
}

function logLine({ level, text }: LogLine, color: boolean): string {
  const style = ({ error: 'red', warn: 'yellow', info: 'dim', debug: 'dim' } as const)[level];
  const name = color ? styleText(style, level, { validateStream: false }) : level;
  return `Caddy: ${name}: ${text}`;
}
