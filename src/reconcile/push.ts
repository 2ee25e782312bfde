import { AdminError, type AdminFailure } from '../admin/errors.ts';
import type { AdminPort, Live, Scope } from '../admin/port.ts';
import { canonical, isJsonObject, type JsonValue } from '../caddy/json.ts';
import { tellable } from '../caddy/tellable.ts';
import { entriesOf, own } from '../plan/live.ts';
import type { Bases, Plan } from '../plan/plan.ts';
import { same } from '../plan/same.ts';

/** What a push needs of a plan. */
type Written = Pick<Plan, 'base' | 'next'>;

export type Pushed =
  | { readonly kind: 'done' }
  /** Somebody else wrote meanwhile. `base` is what the plan stood on, with what we ourselves have written in it. */
  | { readonly kind: 'changed'; readonly base: Bases }
  | {
      readonly kind: 'rejected';
      readonly failure: Extract<AdminFailure, { kind: 'rejected' }>;
      readonly restoreProblem?: string | undefined;
    };

/**
 * Writes what differs, each scope only if it still is what the plan was made from. Rejects with an `AdminError` when Caddy
 * cannot be reached or does not say what it made of a write.
 */
export async function push(admin: AdminPort, plan: Written): Promise<Pushed> {
  const written: Scope[] = [];
  for (const scope of scopesInOrder(plan)) {
    try {
      const base = written.length === 0 ? plan.base[scope] : await readAgain(admin, plan, scope);
      if (base === undefined) return { kind: 'changed', base: withWritten(plan, written) };
      await admin.write(scope, canonical(plan.next[scope]), base);
      written.push(scope);
    } catch (error) {
      if (!(error instanceof AdminError)) throw error;
      if (error.failure.kind === 'conflict') return { kind: 'changed', base: withWritten(plan, written) };
      if (error.failure.kind !== 'rejected') throw error;
      const failure = { ...error.failure, reason: tellable(error.failure.reason, plan.next) };
      const hindered = failure.restoreProblem ?? (await putBack(admin, plan, written));
      const before = { apps: plan.base.apps.value, logging: plan.base.logging.value };
      return { kind: 'rejected', failure, restoreProblem: hindered && tellable(hindered, before) };
    }
  }
  return { kind: 'done' };
}

/** A log stands before what writes to it, and goes after: so new logs are pushed first, and gone ones last. */
function scopesInOrder({ base, next }: Written): Scope[] {
  const logs = (value: JsonValue): number => entriesOf(own(value, 'logs')).length;
  const isFewer = logs(next.logging) < logs(base.logging.value);
  const order: Scope[] = isFewer ? ['apps', 'logging'] : ['logging', 'apps'];
  return order.filter((scope) => !same(base[scope].value, next[scope]));
}

/** Our own first write may have changed the etag of the other scope: that of a Caddy without a config is the whole config's. */
async function readAgain(admin: AdminPort, plan: Written, scope: Scope): Promise<Live | undefined> {
  const live = await admin.read(scope);
  return same(live.value, plan.base[scope].value) ? live : undefined;
}

function withWritten({ base, next }: Written, written: readonly Scope[]): Bases {
  const bases = { ...base };
  for (const scope of written) bases[scope] = { ...base[scope], value: next[scope] };
  return bases;
}

/** A push that was rejected changed nothing: what went through before the rejection is taken back. Gives what hindered it. */
async function putBack(admin: AdminPort, plan: Written, written: readonly Scope[]): Promise<string | undefined> {
  try {
    for (const scope of written) {
      const live = await admin.read(scope);
      if (same(live.value, plan.next[scope])) await admin.write(scope, canonical(before(plan, scope)), live);
    }
    return undefined;
  } catch (error) {
    if (error instanceof AdminError) return error.message;
    throw error;
  }
}

/** Nothing at all cannot be written, since Caddy would forget the rest with it. */
function before({ base }: Written, scope: Scope): JsonValue {
  const { value } = base[scope];
  if (isJsonObject(value) && Object.keys(value).length > 0) return value;
  return scope === 'apps' ? { http: { servers: {} } } : { logs: {} };
}
