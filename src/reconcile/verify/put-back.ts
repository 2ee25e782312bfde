import type { AdminPort } from '../../admin/port.ts';
import type { JsonObject, JsonValue } from '../../caddy/json.ts';
import type { CaddyConfig } from '../../caddy/translate.ts';
import { at, own } from '../../plan/live.ts';
import { oursOf } from '../../plan/ours.ts';
import type { Bases, Plan } from '../../plan/plan.ts';
import { same } from '../../plan/same.ts';
import { pass } from '../pass.ts';
import { push } from '../push.ts';
import { readBases } from '../read-bases.ts';

/**
 * Makes Caddy run what it ran before the plan was pushed: exactly that, or, where others have written since, what of it was
 * ours. Gives what hindered it, and rejects with an `AdminError`.
 */
export async function putBack(admin: AdminPort, owner: string, plan: Plan): Promise<string | undefined> {
  const base = await readBases(admin);
  if (same(base.apps.value, plan.next.apps) && same(base.logging.value, plan.next.logging)) {
    const next = { apps: plan.base.apps.value, logging: plan.base.logging.value };
    const pushed = await push(admin, { base, next });
    if (pushed.kind === 'done') return undefined;
    if (pushed.kind === 'rejected') return `Caddy does not take it: ${pushed.failure.reason}`;
  }
  return await putConfigBack(admin, owner, oursIn(plan.base, owner));
}

/** The same for a config of ours that is known from elsewhere. */
export async function putConfigBack(admin: AdminPort, owner: string, config: CaddyConfig): Promise<string | undefined> {
  const outcome = await pass({
    admin,
    owner,
    // It ran before: no guard has anything to say.
    options: { allowEmpty: true, maxDelete: 1, forceConflicts: false },
    compile: async () => ({ diagnostics: [], config, origins: new Map() }),
    confirm: async () => true,
  });
  switch (outcome.kind) {
    case 'applied':
    case 'unchanged':
      return undefined;
    case 'rejected':
      return `Caddy does not take it: ${outcome.diagnostic.message}`;
    case 'overtaken':
      return outcome.reason;
    case 'conflict':
      return outcome.plan.conflicts[0]?.message ?? 'somebody else holds its place';
    case 'unreachable':
      return outcome.error.message;
    default:
      return `it ended as ${outcome.kind}`;
  }
}

/** What of a live config is ours, as a config that could be pushed. */
function oursIn({ apps, logging }: Bases, owner: string): CaddyConfig {
  const ours = oursOf({ apps: apps.value, logging: logging.value }, owner);
  const ports = ['http_port', 'https_port'].flatMap((key) => {
    const value = at(apps.value, 'http', key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const permission = ours.onDemand.get('permission');
  return {
    apps: {
      http: { ...Object.fromEntries(ports), servers: Object.fromEntries(ours.servers) },
      ...some('tls', {
        ...some('automation', {
          ...(ours.policies.length > 0 && { policies: ours.policies }),
          ...(permission && { on_demand: own(at(apps.value, 'tls', 'automation'), 'on_demand') ?? null }),
        }),
        ...(ours.certificates.length > 0 && { certificates: { load_files: ours.certificates } }),
      }),
      ...(ours.authorities.size > 0 && { pki: { certificate_authorities: Object.fromEntries(ours.authorities) } }),
    },
    ...(ours.logs.size > 0 && { logging: { logs: Object.fromEntries(ours.logs) } }),
  };
}

function some(key: string, value: Readonly<Record<string, JsonValue>>): JsonObject {
  return Object.keys(value).length === 0 ? {} : { [key]: value };
}
