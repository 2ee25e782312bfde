import type { BehaviourDiff } from '../behaviour/line.ts';
import type { Policies } from '../behaviour/policies.ts';
import { runningRevision } from '../history/running.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlanBasis } from './plan-basis.ts';

/** Which requests a plan changes; or why that cannot be told, a sentence without its full stop. */
export type LiveBehaviour = { readonly diff: BehaviourDiff } | { readonly unknown: string };

/**
 * Compares what the policies mean with what that config was made of which Caddy runs. A config that somebody edited is never
 * explained by the policies that it once was: then nothing is told but the plan.
 */
export async function liveBehaviour(plan: Plan, basis: PlanBasis): Promise<LiveBehaviour> {
  const { policies } = basis;
  if (policies === undefined) return { unknown: 'the policies behind it are not at hand' };
  const before = await ranBefore(plan, basis);
  if (typeof before === 'string') return { unknown: before };
  const { behaviourChanges } = await import('../behaviour/behaviour.ts');
  return { diff: behaviourChanges(before, policies) };
}

async function ranBefore(plan: Plan, { owner, history, policies }: PlanBasis): Promise<Policies | string> {
  const { oursOf } = await import('../plan/ours.ts');
  const live = { apps: plan.base.apps.value, logging: plan.base.logging.value };
  const { servers } = oursOf(live, owner);
  const surroundings = policies?.surroundings ?? { httpPort: 80, httpsPort: 443 };
  if ([...servers].length === 0) return { model: { sites: [] }, surroundings };
  const revision = runningRevision(live.apps, owner);
  if (revision === undefined) return 'what Caddy runs is not one revision of ours';
  const [{ meaningsBeside, openMeanings }, { makePlan }] = await Promise.all([
    import('../history/meanings.ts'),
    import('../plan/plan.ts'),
  ]);
  const meaning = await openMeanings(meaningsBeside(history.folder)).find(revision);
  const config = await history
    .read()
    .then(({ entries }) => entries.find((entry) => entry.revision === revision && entry.outcome !== 'rejected'))
    .then((entry) => entry && history.config(entry))
    .catch(() => undefined);
  if (meaning === undefined || config === undefined)
    return 'what Caddy runs was not applied from policies on this machine';
  const options = { allowEmpty: true, maxDelete: 1, forceConflicts: false };
  const again = makePlan({ base: plan.base, desired: config, owner, options, placeOf: () => undefined });
  if (!again.isNoop) return 'what Caddy runs was edited since it was applied';
  const { sites, modules, ...ports } = meaning;
  return { model: { sites }, surroundings: { ...ports, modules: new Set(modules) } };
}

/** So many lines are read before one agrees to them. */
const MOST_LINES = 40;

/** For people, behind a plan. */
export async function behaviourText(behaviour: LiveBehaviour, basis: PlanBasis, color: boolean): Promise<string> {
  if ('unknown' in behaviour)
    return `Which requests change is not known: ${behaviour.unknown}; compared by structure only\n`;
  const { renderBehaviour } = await import('../behaviour/render.ts');
  const { httpPort = 80, httpsPort = 443 } = basis.policies?.surroundings ?? {};
  return renderBehaviour(behaviour.diff, { color, httpPort, httpsPort, most: MOST_LINES });
}

/** For programs. */
export async function behaviourJson(behaviour: LiveBehaviour): Promise<object> {
  if ('unknown' in behaviour) return { unknown: behaviour.unknown };
  const { behaviourAsJson } = await import('../behaviour/as-json.ts');
  return behaviourAsJson(behaviour.diff);
}
