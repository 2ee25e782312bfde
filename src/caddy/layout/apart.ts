import type { Model, Upstream } from '../../ir/model.ts';
import type { CaddyHandler } from '../handlers/context.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import type { Block } from './block.ts';
import type { LaidRoute } from './laid.ts';

/**
 * Whether a site must have its handlers for itself, however alike another is: `raw`, of which nobody knows what it keeps or puts
 * in; a balancer that counts whose turn it is; and what changes the request's Host, by which the values of sites that share
 * their handlers are looked up, and no sooner than they are needed.
 */
export function standsApart({ routes }: Block): boolean {
  return routes.some(
    ({ isRaw, handle }) => isRaw === true || handle.some((each) => takesTurns(each) || setsHost(each)),
  );
}

function takesTurns({ load_balancing: balancing }: CaddyHandler): boolean {
  const selection = isJsonObject(balancing) ? balancing['selection_policy'] : undefined;
  return isJsonObject(selection) && selection['policy'] === 'round_robin';
}

/** As `auth.forward` does, where the service's Host is copied: behind a condition, within a subroute. */
function setsHost({ handler, request, routes }: CaddyHandler): boolean {
  if (handler === 'subroute') return nested(routes).some(setsHost);
  if (handler !== 'headers' || !isJsonObject(request)) return false;
  const { delete: removed = [], ...operations } = request;
  const names = Object.values(operations).flatMap((each) => (isJsonObject(each) ? Object.keys(each) : []));
  return [...names, ...(removed as readonly string[])].some((name) => name.toLowerCase() === 'host');
}

function nested(routes: JsonValue | undefined): readonly CaddyHandler[] {
  return ((routes ?? []) as unknown as readonly LaidRoute[]).flatMap(({ handle }) => handle);
}

/**
 * The addresses among which the number of open requests decides. Caddy counts them by the text of the address, whichever site
 * leads there: so nobody may lead there by a variable.
 */
export function countedAddresses({ sites }: Pick<Model, 'sites'>): ReadonlySet<string> {
  const counted = new Set<string>();
  for (const { handler, modifiers } of sites.flatMap(({ routes }) => routes)) {
    if (handler.kind === 'raw' && countsRequests(handler.handlers as JsonValue))
      dialled(handler.handlers as JsonValue, counted);
    if (handler.kind === 'proxy') count(handler.upstream, counted);
    if (modifiers.authUpstream !== undefined) count(modifiers.authUpstream, counted);
  }
  return counted;
}

function count({ addresses, facts }: Upstream, counted: Set<string>): void {
  if (facts.balance === 'least_conn') for (const { dial } of addresses) counted.add(dial);
}

/** Whether anything of `raw` goes by the number of open requests: a limit, a way to choose that may, or a text that tells it. */
function countsRequests(value: JsonValue): boolean {
  if (typeof value === 'string') return value.includes('upstream.requests');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, each]: [string, JsonValue]) => {
    if (key === 'policy' && typeof each === 'string') return !COUNTLESS.has(each);
    return LIMITS.has(key) || countsRequests(each);
  });
}

const LIMITS: ReadonlySet<string> = new Set(['max_requests', 'unhealthy_request_count']);

/** Of Caddy's ways to choose an address those that ask for no number; others, of plugins, may. */
const COUNTLESS: ReadonlySet<string> = new Set([
  'random',
  'round_robin',
  'weighted_round_robin',
  'first',
  'ip_hash',
  'client_ip_hash',
  'uri_hash',
  'query',
  'header',
  'cookie',
]);

function dialled(value: JsonValue, into: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (isJsonObject(value) && typeof value['dial'] === 'string') into.add(value['dial']);
  for (const each of Object.values(value)) dialled(each, into);
}

/** Whether a proxy of the site leads to one of them. */
export function leadsTo({ routes }: Block, counted: ReadonlySet<string>): boolean {
  return counted.size > 0 && routes.some(({ handle }) => handle.some((each) => dials(each, counted)));
}

/** Whether a proxy leads to one of these addresses. */
export function dials({ upstreams }: CaddyHandler, addresses: ReadonlySet<string>): boolean {
  if (!Array.isArray(upstreams)) return false;
  return (upstreams as readonly JsonValue[]).some(
    (each) => isJsonObject(each) && typeof each['dial'] === 'string' && addresses.has(each['dial']),
  );
}
