import { setTimeout as sleep } from 'node:timers/promises';
import { AdminError } from '../../admin/errors.ts';
import type { AdminPort } from '../../admin/port.ts';
import { canonical } from '../../caddy/json.ts';
import type { Ask, Guarantee } from './guarantee.ts';

export interface RollBack {
  readonly admin: AdminPort;
  /** Makes Caddy run what it ran before; gives what hindered it. May reject with an `AdminError`. */
  readonly putBack: () => Promise<string | undefined>;
  readonly ask: Ask;
  /** What failed, and passed before. */
  readonly lost: readonly Guarantee[];
  /** Milliseconds in which it must pass again. */
  readonly settle: number;
}

export type RolledBack =
  | { readonly kind: 'proved' }
  /** It runs again as far as Caddy shows, and the checks fail all the same: it was not the push, or not only. */
  | { readonly kind: 'unproved'; readonly problem: string }
  /** Caddy runs what fails, as far as is known. */
  | { readonly kind: 'failed'; readonly problem: string };

/** Milliseconds between two rounds. */
const pause = 100;

/** Goes back to what ran before, and shows by request that it works again. */
export async function rollBack({ admin, putBack, ask, lost, settle }: RollBack): Promise<RolledBack> {
  try {
    const problem = await putBack();
    if (problem !== undefined) return { kind: 'failed', problem };
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    return { kind: 'failed', problem: error.message };
  }
  const failing = await stillFailing(ask, lost, settle);
  if (failing.length === 0) return { kind: 'proved' };
  // Caddy may serve something else than it shows.
  const forced = await loadAgain(admin);
  const after = forced === undefined ? await stillFailing(ask, lost, settle / 2) : failing;
  if (after.length === 0) return { kind: 'proved' };
  const [first] = after;
  const which = `${first?.check.site}: ${first?.check.says}`;
  const more = after.length === 1 ? '' : ` (and ${after.length - 1} more)`;
  return { kind: 'unproved', problem: `what ran before is back, and this still fails: ${which}${more}` };
}

async function stillFailing(ask: Ask, lost: readonly Guarantee[], settle: number): Promise<readonly Guarantee[]> {
  const begun = performance.now();
  let open = lost;
  for (;;) {
    const findings = await ask(open, settle / 2);
    const failed = new Set(findings.flatMap(({ id, state }) => (state === 'failed' ? [id] : [])));
    open = open.filter(({ check }) => failed.has(check.id));
    if (open.length === 0 || performance.now() - begun >= settle) return open;
    await sleep(pause);
  }
}

/** An equal config is no change for Caddy unless it is told to load it all the same. Gives what hindered it. */
async function loadAgain(admin: AdminPort): Promise<string | undefined> {
  try {
    const live = await admin.read('apps');
    await admin.write('apps', canonical(live.value), live, { force: true });
    return undefined;
  } catch (error) {
    if (error instanceof AdminError) return error.message;
    throw error;
  }
}
