import type { JsonValue } from '../../caddy/json.ts';
import { at, entriesOf, itemsOf, own } from '../live.ts';
import type { FactList } from './facts.ts';
import { isForgeryGuard } from './header-facts.ts';
import { shownList } from './values.ts';

/** What a subroute of one route guards: the forms that `onlyWhen` makes. False where it is none of them. */
export function guardFacts(match: JsonValue, handle: readonly JsonValue[], facts: FactList): boolean {
  const [first] = handle;
  const not = itemsOf(own(match, 'not'))[0];
  if (own(first, 'handler') === 'error') return refusalFacts(match, not, facts);
  const trusted = at(not, 'remote_ip', 'ranges');
  if (trusted !== undefined && isForgeryGuard(own(first, 'request'))) {
    facts.say('trusted_proxies', shownList(trusted));
    return true;
  }
  const tokens = at(not, 'vars', '{caddyctl.bearer}');
  if (tokens !== undefined) {
    facts.say('auth', `bearer ${shownList(tokens)}`);
    return true;
  }
  return corsFacts(match, not, first, facts) || defaultFacts(match, first, facts);
}

function refusalFacts(match: JsonValue, not: JsonValue | undefined, facts: FactList): boolean {
  const allowed = at(not, 'client_ip', 'ranges') ?? at(not, 'remote_ip', 'ranges');
  const denied = at(match, 'client_ip', 'ranges') ?? at(match, 'remote_ip', 'ranges');
  if (allowed !== undefined) facts.say('allow_from', shownList(allowed));
  if (denied !== undefined) facts.say('deny_from', shownList(denied));
  // The guard before `request_body`, which says the limit, and what holds for every route of the kind.
  const isTooLong = at(match, 'header_regexp', 'Content-Length') !== undefined;
  const isOurGuard = entriesOf(own(match, 'vars')).some(([name]) => isOurVariable(name));
  return isTooLong || isOurGuard || allowed !== undefined || denied !== undefined;
}

export function isOurVariable(name: string): boolean {
  return name.startsWith('{caddyctl.');
}

function corsFacts(
  match: JsonValue,
  not: JsonValue | undefined,
  first: JsonValue | undefined,
  facts: FactList,
): boolean {
  const set = at(first, 'response', 'set');
  const origins = at(match, 'header', 'Origin');
  const isPreflight = itemsOf(own(match, 'method')).includes('OPTIONS');
  if (isPreflight && own(set, 'Access-Control-Allow-Methods') !== undefined) {
    facts.say('cors methods', shownList(own(set, 'Access-Control-Allow-Methods')));
    const headers = shownList(own(set, 'Access-Control-Allow-Headers'));
    facts.say('cors headers', headers.startsWith('{') ? 'any' : headers);
    return true;
  }
  if (origins !== undefined && own(set, 'Access-Control-Allow-Origin') !== undefined) {
    facts.say('cors', itemsOf(origins).length === 0 ? 'any origin' : shownList(origins));
    if (own(set, 'Access-Control-Allow-Credentials') !== undefined) facts.say('cors', 'with credentials');
    const exposed = own(set, 'Access-Control-Expose-Headers');
    if (exposed !== undefined) facts.say('cors expose', shownList(exposed));
    return true;
  }
  // Preflights, which are excepted from other things, name an origin too.
  return at(not, 'header', 'Origin') !== undefined && own(not, 'method') === undefined;
}

/** A request header that is set only where the client sends none. */
function defaultFacts(match: JsonValue, first: JsonValue | undefined, facts: FactList): boolean {
  const absent = entriesOf(own(match, 'header')).filter(([, value]) => value === null);
  for (const [name] of absent)
    facts.say(`request header ${name}`, `default ${shownList(at(first, 'request', 'set', name))}`);
  return absent.length > 0;
}
