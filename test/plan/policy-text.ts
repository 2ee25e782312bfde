import { type Compiled, compile } from '../../src/compile.ts';
import type { JsonValue } from '../../src/caddy/json.ts';
import { type Origin, placeOf } from '../../src/ir/origin.ts';
import { routeLabel } from '../../src/plan/describe/route-label.ts';
import { at, type Desired, itemsOf, type Live, own } from '../../src/plan/live.ts';
import { makePlan, type Plan, type PlanOptions } from '../../src/plan/plan.ts';
import type { PlaceOf } from '../../src/plan/sides.ts';
import { deepFreeze } from './some-config.ts';

export interface CompiledText {
  readonly desired: Desired;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly placeOf: PlaceOf;
}

/** What a policy file says, as the compiler makes it; throws what is wrong with it. */
export function compiled(text: string, owner = 'default'): CompiledText {
  const target = { owner, httpPort: 80, httpsPort: 443, internalCa: false, env: {} };
  const result: Compiled = compile([{ path: 'policies/p.yaml', text }], target);
  const { config, origins } = result;
  if (config === undefined || origins === undefined) throw new Error(JSON.stringify(result.diagnostics));
  const place: PlaceOf = (id) => {
    const origin = origins.get(id);
    return origin && placeOf(origin);
  };
  return { desired: deepFreeze(config), origins, placeOf: place };
}

const STRICT: PlanOptions = { allowEmpty: false, maxDelete: 0.3, forceConflicts: false };

export function planFor(
  live: Live,
  { desired, placeOf: place }: CompiledText,
  options: Partial<PlanOptions> = {},
  owner = 'default',
): Plan {
  const base = { apps: { value: live.apps, etag: '"a"' }, logging: { value: live.logging, etag: '"l"' } };
  return makePlan({ base: deepFreeze(base), desired, owner, placeOf: place, options: { ...STRICT, ...options } });
}

/** A Caddy in which `text` was applied, and nothing else. */
export function liveWith(text: string): Live {
  return deepFreeze(planFor(NOTHING, compiled(text)).next);
}

export const NOTHING: Live = { apps: null, logging: null };

/** Where the route stands that takes what `label` says, in the server that serves by https. */
export function indexOf({ apps }: Live, label: string): number {
  const routes = itemsOf(at(apps, 'http', 'servers', 'caddyctl-default-https', 'routes'));
  const isIt = (matchers: JsonValue): boolean => own(matchers, 'host') !== undefined && routeLabel(matchers) === label;
  return routes.findIndex((route) => itemsOf(own(route, 'match')).some(isIt));
}

/** A copy in which the value at a path is another. */
export function edited(
  value: JsonValue,
  path: readonly (string | number)[],
  edit: (before: JsonValue) => JsonValue,
): JsonValue {
  const copy = structuredClone(value) as Record<string, JsonValue>;
  let node: Record<string | number, JsonValue> = copy;
  for (const step of path.slice(0, -1)) node = node[step] as Record<string | number, JsonValue>;
  const last = path.at(-1) ?? '';
  node[last] = edit(node[last] as JsonValue);
  return copy;
}
