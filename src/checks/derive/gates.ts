import { counted } from '../../diagnostics/counted.ts';
import { showPath } from '../../policy/schema/path.ts';
import type { Check, Probe } from '../check.ts';
import { expectationOf } from './deny.ts';
import { admitted } from './entry.ts';
import { NO_SAFE_REQUEST, sampleOf } from './sample.ts';
import { checkOf, type Spot, unchecked, wayOf } from './spot.ts';

const WRITING = ['POST', 'PUT', 'PATCH'];

/** Who may come by address: this client is turned away where the policies say so. For others nobody can ask here. */
export function access(spot: Spot): Check[] {
  const told = new Set<unknown>();
  return spot.site.routes.flatMap((route) => {
    const { allowFrom, denyFrom } = route.modifiers;
    const rule = allowFrom ?? denyFrom;
    if (rule === undefined) return [];
    const path = showPath(route.pattern);
    const make = (says: string, probe: Probe) =>
      checkOf(spot, { name: 'access', detail: path, says, origin: rule.origin, probe });
    const sample = sampleOf(spot, route);
    const says = `${path} turns away who may not come`;
    if (sample === undefined) return [make(says, unchecked(NO_SAFE_REQUEST))];
    const step = sample.way.steps.find(({ kind, verdict }) => kind.endsWith('_from') && verdict === 'ends');
    if (!step?.refusal) {
      const isTold = told.has(rule.value);
      told.add(rule.value);
      return isTold ? [] : [make(says, unchecked(`this client (${spot.from ?? 'on a socket'}) may come in`))];
    }
    const expects = expectationOf(step.refusal);
    return [
      make(`${path} turns this client away: ${step.says}`, {
        kind: 'answer',
        to: spot.to,
        asks: [sample.ask],
        expects,
      }),
    ];
  });
}

/** One byte too many is announced, and none sent: a limit that holds refuses before the app hears of it. */
export function limit(spot: Spot): Check[] {
  return spot.site.routes.flatMap((route) => {
    const { maxBody } = route.modifiers;
    if (maxBody === undefined || route.handler.kind !== 'proxy') return [];
    const path = showPath(route.pattern);
    const says = `${path} refuses a body over ${maxBody.value} bytes`;
    const make = (probe: Probe) => checkOf(spot, { name: 'limit', detail: path, says, origin: maxBody.origin, probe });
    const sample = sampleOf(spot, route, WRITING, { announces: maxBody.value + 1 });
    // A route that takes no method with a body has nothing to limit.
    if (sample === undefined) return [];
    const entry = admitted(spot, sample.ask);
    if ('reason' in entry) return [make(unchecked(entry.reason))];
    const end = wayOf(spot, entry.ask)?.end;
    if (end?.kind !== 'refused' || end.by !== 'max_body')
      return [make(unchecked('another rule ends the request before'))];
    return [make({ kind: 'answer', to: spot.to, asks: [entry.ask], expects: expectationOf(end.refusal) })];
  });
}

/** Caddy answers a preflight itself. */
export function cors(spot: Spot): Check[] {
  return spot.site.routes.flatMap((route) => {
    const rules = route.modifiers.cors;
    if (rules === undefined) return [];
    const { origins, credentials } = rules.value;
    const origin = origins === '*' ? 'https://caddyctl-check.invalid' : (origins[0] ?? '');
    const path = showPath(route.pattern);
    const says = `${path} answers a preflight of ${origin}`;
    const make = (probe: Probe) => checkOf(spot, { name: 'cors', detail: path, says, origin: rules.origin, probe });
    const headers = { Origin: origin, 'Access-Control-Request-Method': 'POST' };
    const sample = sampleOf(spot, route, ['OPTIONS'], { headers });
    if (sample === undefined) return [make(unchecked('no preflight gets there'))];
    const allowed = origins === '*' && !credentials ? '*' : origin;
    const expects = {
      status: { oneOf: [204] },
      headers: [{ name: 'Access-Control-Allow-Origin', rule: { kind: 'once', value: allowed } }],
    } as const;
    return [make({ kind: 'answer', to: spot.to, asks: [sample.ask], expects })];
  });
}

/** It would take all that is allowed to see it, and the visitors with it. */
export function rateLimits(spot: Spot): Check[] {
  const seen = new Set<unknown>();
  return spot.site.routes.flatMap((route) => {
    const { rateLimit } = route.modifiers;
    if (rateLimit === undefined || seen.has(rateLimit.value)) return [];
    seen.add(rateLimit.value);
    const says = `${counted(rateLimit.value.events, 'request')} in ${rateLimit.value.window / 1_000} s, then a 429`;
    const { origin } = rateLimit;
    const probe = unchecked('to see it would take all that is allowed, from visitors too');
    return [checkOf(spot, { name: 'rate_limit', detail: showPath(route.pattern), says, origin, probe })];
  });
}
