import type { AdminPort } from '../../admin/port.ts';
import { createServiceNotices, type ServiceNotices } from '../../daemon/service-notices.ts';
import { createLiveness } from '../../daemon/status/liveness.ts';
import { serveStatus } from '../../daemon/status/serve-status.ts';
import { createStatusHolder, initialStatus, type StatusHolder } from '../../daemon/status/state.ts';
import { watchLoop } from '../../daemon/watch-loop.ts';
import { createMemory } from '../../daemon/watch/memory.ts';
import type { Provide } from '../../daemon/watch/provide.ts';
import { createTriggers, type Reason } from '../../daemon/watch/triggers.ts';
import type { Turn } from '../../daemon/watch/turn.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Log } from '../../log.ts';
import { loggedAdmin } from '../logged-admin.ts';
import { pathsOf } from '../paths.ts';
import { usualMaxDelete } from '../plan-options.ts';
import { by, historyOf } from '../remembered.ts';
import { statusPlaceOf } from '../status-options.ts';
import { programVersion } from '../version.ts';
import { verifySettingsOf } from '../verify-options.ts';
import { maxGrowth } from '../watch-options.ts';
import type { Target } from '../../caddy/target.ts';
import type { UpSettings } from './settings.ts';
import { createTurns, type Turns } from './turns.ts';

export interface WorkerParts {
  readonly admin: AdminPort;
  readonly operands: readonly string[];
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly options: UpSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly target: Target;
  readonly provide: Provide;
  readonly log: Log;
  readonly show: (diagnostics: readonly Diagnostic[]) => void;
  readonly onTurn: (turn: Turn) => void;
}

/** The one that writes to our Caddy, whichever Caddy that is by now. */
export interface Worker {
  readonly turns: Turns;
  readonly status: StatusHolder;
  /** For systemd. */
  readonly notices: Pick<ServiceNotices, 'started' | 'stopping' | 'close'>;
  ring(reason: Reason): void;
  /** Begins, if it has not. Rejects for bugs alone, when it ended. */
  run(): Promise<void>;
  /** Finishes the pass under way, then ends; waits no longer than this for it, in milliseconds. */
  end(longest: number): Promise<void>;
}

/** Serves the status from now on. Ends the command where a flag cannot be meant. */
export async function createWorker(parts: WorkerParts): Promise<Worker> {
  const { options, env, log } = parts;
  const admin = loggedAdmin(parts.admin, log);
  const place = await statusPlaceOf(options);
  const history = await historyOf(options.owner, options.stateDir, env);
  const status = createStatusHolder(initialStatus(options.owner, admin.address, new Date()));
  const liveness = createLiveness(answerMs);
  const server = place && (await serveStatus({ ...place, status, liveness, version: programVersion, log }));
  const notices = createServiceNotices({ env, status, liveness, log });
  const turns = createTurns();
  const triggers = createTriggers();
  const stop = new AbortController();
  let running: Promise<void> | undefined;

  const begin = (): Promise<void> =>
    watchLoop({
      paths: pathsOf(parts.operands),
      stdin: parts.stdin,
      admin,
      target: parts.target,
      provide: parts.provide,
      options: {
        allowEmpty: options.allowEmpty,
        maxDelete: options.maxDelete ?? (options.local ? 1 : usualMaxDelete),
        forceConflicts: false,
        // What is tried out on a laptop may grow and shrink as it likes.
        ...(!options.local && { maxGrowth }),
      },
      // Nobody else has a say in a Caddy of our own.
      selfHeal: 'all',
      onError: options.onError,
      intervalMs: options.interval,
      poll: options.poll,
      memory: createMemory(history, by('up'), admin),
      verify: verifySettingsOf(options),
      status,
      liveness,
      log,
      show: parts.show,
      onTurn(turn) {
        parts.onTurn(turn);
        turns.put(turn);
      },
      triggers,
      stop: stop.signal,
    });

  return {
    turns,
    status,
    notices,
    ring(reason) {
      if (reason === 'signal') notices.asked();
      triggers.ring(reason);
    },
    run: () => (running ??= begin()),
    async end(longest) {
      stop.abort();
      const tooLong = new Promise<void>((resolve) => void setTimeout(resolve, longest).unref());
      await Promise.race([Promise.allSettled([running]), tooLong]);
      await server?.close();
    },
  };
}

/** As the admin client waits by itself, milliseconds. */
const answerMs = 10_000;
