import type { JsonValue } from '../../caddy/json.ts';
import { at, entriesOf, itemsOf, own } from '../live.ts';
import type { FactList } from './facts.ts';
import { operationFacts } from './header-facts.ts';
import { shown, shownList } from './values.ts';

/** `reverse_proxy`, to an app or to an auth service. */
export function proxyFacts(handler: JsonValue, facts: FactList): void {
  const isTls = at(handler, 'transport', 'tls') !== undefined;
  const isH2c = itemsOf(at(handler, 'transport', 'versions')).includes('h2c');
  const scheme = isTls ? 'https://' : isH2c ? 'h2c://' : '';
  const dials = itemsOf(own(handler, 'upstreams')).map((upstream) => scheme + shown(own(upstream, 'dial')));
  if (own(handler, 'handle_response') !== undefined) {
    facts.say('auth', `forward to ${dials.join(', ')}${shown(at(handler, 'rewrite', 'uri')).replace(/\?$/, '')}`);
    return;
  }
  facts.say('to', dials.join(', '));
  transportFacts(own(handler, 'transport'), facts);
  const balance = at(handler, 'load_balancing', 'selection_policy', 'policy');
  if (balance !== undefined) facts.say('balance', shown(balance));
  const retries = at(handler, 'load_balancing', 'retries');
  if (retries !== undefined) facts.say('retries', shown(retries));
  const health = at(handler, 'health_checks', 'active', 'uri');
  if (health !== undefined) facts.say('health', shown(health));
  const passive = at(handler, 'health_checks', 'passive');
  if (passive !== undefined)
    facts.say('passive', `${shown(own(passive, 'max_fails'))} in ${shown(own(passive, 'fail_duration'))}`);
  requestFacts(at(handler, 'headers', 'request'), facts);
  for (const [key, value] of entriesOf(handler)) if (!KNOWN.has(key)) facts.say(`proxy ${key}`, shown(value));
}

const KNOWN = new Set([
  'handler',
  'upstreams',
  'transport',
  'load_balancing',
  'health_checks',
  'headers',
  'stream_close_delay',
]);

/** Every proxied route gives the app the client's address; that is not worth a line, unless it is said otherwise. */
function requestFacts(request: JsonValue | undefined, facts: FactList): void {
  const said = entriesOf(own(request, 'set')).filter(([name, values]) => !isUsual(name, shownList(values)));
  operationFacts(
    'request header',
    { ...Object.fromEntries(entriesOf(request)), set: Object.fromEntries(said) },
    '',
    facts,
  );
  const host = shownList(at(request, 'set', 'Host'));
  if (host === UPSTREAM_HOST) facts.say('host_header', 'upstream');
}

const UPSTREAM_HOST = '{http.reverse_proxy.upstream.hostport}';

function isUsual(name: string, text: string): boolean {
  if (name === 'Host') return text === UPSTREAM_HOST;
  return name === 'X-Real-Ip' && ['{http.vars.client_ip}', '{http.request.remote.host}'].includes(text);
}

function transportFacts(transport: JsonValue | undefined, facts: FactList): void {
  for (const [key, name] of TIMEOUTS) {
    const value = own(transport, key);
    if (value !== undefined) facts.say(name, shown(value));
  }
  const idle = at(transport, 'keep_alive', 'idle_timeout');
  if (idle !== undefined) facts.say('timeout idle', shown(idle));
  const tls = own(transport, 'tls');
  if (own(tls, 'insecure_skip_verify') === true) facts.say('upstream tls', 'insecure');
  if (own(tls, 'server_name') !== undefined) facts.say('upstream tls', `name ${shown(own(tls, 'server_name'))}`);
  if (own(tls, 'ca') !== undefined) facts.say('upstream tls', `ca ${shownList(at(tls, 'ca', 'pem_files'))}`);
}

const TIMEOUTS = [
  ['dial_timeout', 'timeout connect'],
  ['response_header_timeout', 'timeout first_byte'],
] as const;
