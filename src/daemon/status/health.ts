import type { Condition, DaemonStatus, DriftClass } from './state.ts';

/** Why something is not as it should be. */
export interface Complaint {
  /** One word, such as a problem's code. */
  readonly reason: string;
  readonly message: string;
  readonly hint?: string;
}

/**
 * `not-serving`: Caddy does not answer, or runs nothing of ours as far as is known · `degraded`: it serves, and an operator
 * should look into something · `serving`: all is as the policies say.
 */
type State = 'serving' | 'degraded' | 'not-serving';

export interface Health {
  readonly state: State;
  /** Empty where it serves. */
  readonly reasons: readonly Complaint[];
}

/** The first pass ended with the policies served, and since then Caddy answers and has not lost them all. */
export function isReady(status: DaemonStatus): boolean {
  return whyNotReady(status).length === 0;
}

export function whyNotReady({ readyAt, caddy, drift, lastPass }: DaemonStatus): readonly Complaint[] {
  const told = lastPass ?? { message: 'the first pass has not ended' };
  const away = { message: caddy.reason ?? `Caddy at ${caddy.address} does not answer`, hint: lastPass?.hint };
  return [
    ...(caddy.reachable === false ? [complaint('caddy-unreachable', away)] : []),
    ...(readyAt === undefined ? [complaint('not-served-yet', told)] : []),
    ...(drift?.class === 'reset' ? [complaint('drift-reset', driftMessages.reset)] : []),
  ];
}

/** `alive`: whether the worker gets on. */
export function healthOf(status: DaemonStatus, alive: boolean): Health {
  const all = [...(alive ? [] : [stuck]), ...whyNotReady(status), ...amiss(status)];
  const reasons = all.filter(({ message }, at) => all.findIndex((each) => each.message === message) === at);
  const isDown =
    status.caddy.reachable === false || status.revisions.running === undefined || status.drift?.class === 'reset';
  if (isDown) return { state: 'not-serving', reasons };
  return { state: reasons.length === 0 ? 'serving' : 'degraded', reasons };
}

/** Whether an operator can leave it alone. What nobody can know yet is no complaint. */
export function isFine(conditions: readonly Condition[]): boolean {
  return conditions.every(({ type, status }) => status === 'True' || (type === 'Verified' && status === 'Unknown'));
}

function amiss({ problems, lastPass, drift, files, sites }: DaemonStatus): readonly Complaint[] {
  const failed = lastPass?.kind === 'applied' || lastPass?.kind === 'unchanged' ? undefined : lastPass;
  const held = files.flatMap((file) => (file.held ? [file.path] : []));
  const found = [
    ...problems.map((problem) => complaint(problem.code, problem)),
    ...(failed === undefined ? [] : [complaint(failed.kind, failed)]),
    ...(drift?.class === 'edited' || drift?.class === 'gone'
      ? [complaint(`drift-${drift.class}`, driftMessages[drift.class])]
      : []),
    ...(held.length === 0 ? [] : [complaint('held', { message: `an older text is served of ${listed(held)}` })]),
  ];
  if (found.length > 0) return found;
  const bad = [...files, ...sites].flatMap(({ conditions }) => conditions.filter((each) => !isFine([each])));
  return bad.slice(0, 1).map((condition) => complaint(condition.reason, condition));
}

function complaint(reason: string, { message, hint }: { message: string; hint?: string | undefined }): Complaint {
  return { reason, message, ...(hint !== undefined && { hint }) };
}

function listed(names: readonly string[]): string {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `${names.slice(0, 3).join(', ')}${more}`;
}

/** Where the worker does not get on. */
export const stuck = complaint('worker-stuck', {
  message: 'a pass does not end',
  hint: 'start the daemon anew, and report it with its log',
});

const driftMessages: Readonly<Record<Exclude<DriftClass, 'foreign'>, { readonly message: string }>> = {
  edited: { message: 'what was applied was changed in Caddy by somebody else' },
  gone: { message: 'parts of what was applied were taken out of Caddy by somebody else' },
  reset: { message: 'Caddy no longer has what was applied' },
};
