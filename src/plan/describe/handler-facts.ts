import type { JsonValue } from '../../caddy/json.ts';
import { at, entriesOf, itemsOf, own } from '../live.ts';
import type { FactList } from './facts.ts';
import { guardFacts, isOurVariable } from './guard-facts.ts';
import { headerFacts } from './header-facts.ts';
import { proxyFacts } from './proxy-facts.ts';
import { shown, shownList, shownSize } from './values.ts';

/** What the handlers of a route do, from the JSON alone: the live side has no policy to ask. Takes any JSON and never throws. */
export function handlerFacts(handlers: JsonValue | undefined, facts: FactList): void {
  for (const handler of itemsOf(handlers)) oneHandler(handler, facts);
}

function oneHandler(handler: JsonValue, facts: FactList): void {
  const kind = own(handler, 'handler');
  switch (kind) {
    case 'reverse_proxy':
      return proxyFacts(handler, facts);
    case 'headers':
      return headerFacts(handler, facts);
    case 'subroute':
      return subrouteFacts(handler, facts);
    case 'static_response':
      return responseFacts(handler, facts);
    case 'error':
      return facts.say('deny', shown(own(handler, 'status_code')));
    case 'file_server':
      return facts.say(
        'files',
        shown(own(handler, 'root')) + (own(handler, 'browse') === undefined ? '' : ' with listings'),
      );
    case 'request_body':
      return facts.say('max_body', shownSize(own(handler, 'max_size')));
    case 'encode':
      return facts.say('compress', shownList(own(handler, 'prefer')));
    case 'rewrite':
      return rewriteFacts(handler, facts);
    case 'authentication':
      return basicAuthFacts(handler, facts);
    case 'rate_limit':
      return rateLimitFacts(handler, facts);
    case 'vars':
      return variableFacts(handler, facts);
    case 'map':
      // What finds a bearer token, or a dot segment, is said by what asks for it.
      if (itemsOf(own(handler, 'destinations')).every((name) => isOurVariable(shown(name)))) return;
      return facts.unknown('handler map', handler);
    default:
      return facts.unknown(`handler ${shown(kind) || 'without a name'}`, handler);
  }
}

function variableFacts(handler: JsonValue, facts: FactList): void {
  for (const [name, value] of entriesOf(handler)) {
    if (name === 'log_skip') facts.say('log', value === true ? 'off' : 'on');
    // By `caddyctl_errors` a route finds its error pages, which are told by themselves.
    else if (name !== 'handler' && name !== 'caddyctl_errors') facts.unknown('handler vars', handler);
  }
}

function subrouteFacts(handler: JsonValue, facts: FactList): void {
  const [route, ...others] = itemsOf(own(handler, 'routes'));
  const [match, ...alternatives] = itemsOf(own(route, 'match'));
  const handle = itemsOf(own(route, 'handle'));
  if (others.length > 0 || alternatives.length > 0 || match === undefined)
    return facts.unknown('handler subroute', handler);
  if (guardFacts(match, handle, facts)) return;
  const not = itemsOf(own(match, 'not'));
  // Preflights pass the gate, streams are not compressed, and a prefix is stripped where it is: what is inside is what is said.
  const isException =
    itemsOf(own(not[0], 'method')).includes('OPTIONS') ||
    own(handle[0], 'handler') === 'encode' ||
    own(handle[0], 'strip_path_prefix') !== undefined;
  if (isException) return handlerFacts(handle, facts);
  // The same of a path that is the prefix and nothing more.
  if (own(handle[0], 'handler') === 'rewrite' && own(handle[0], 'uri') === '/') return;
  const fallback = itemsOf(at(match, 'file', 'try_files'))[1];
  if (fallback !== undefined) return facts.say('files', `else ${shown(fallback)}`);
  facts.unknown('handler subroute', handler);
}

function responseFacts(handler: JsonValue, facts: FactList): void {
  const status = shown(own(handler, 'status_code'));
  const location = at(handler, 'headers', 'Location');
  if (location !== undefined) return facts.say('redirect', `${redirectTarget(shownList(location))} (${status})`);
  const body = own(handler, 'body');
  const type = at(handler, 'headers', 'Content-Type');
  const said = body === undefined ? '' : ` ${JSON.stringify(shown(body))}`;
  facts.say('respond', `${status || '200'}${said}${type === undefined ? '' : ` as ${shownList(type)}`}`);
}

function redirectTarget(location: string): string {
  if (/^https:\/\/\{http\.request\.host\}(:\d+)?\{http\.request\.uri\}$/.test(location)) return 'https';
  return location.replace(/\{http\.request\.uri\}$/, '…');
}

function rewriteFacts(handler: JsonValue, facts: FactList): void {
  const uri = own(handler, 'uri');
  const strip = own(handler, 'strip_path_prefix');
  const add = own(itemsOf(own(handler, 'path_regexp'))[0], 'replace');
  if (uri !== undefined) facts.say('rewrite', shown(uri));
  if (strip !== undefined) facts.say('rewrite', `without ${decoded(shown(strip))}`);
  // What is stripped gets its slash back in the same way.
  if (add !== undefined && add !== '/')
    facts.say('rewrite', `below ${shown(add).replace(/\/$/, '').replaceAll('$$', '$')}`);
}

/** Beyond ASCII a prefix is encoded, and in a foreign config anything may stand. */
function decoded(text: string): string {
  return text.replace(/(?:%[89A-Fa-f][0-9A-Fa-f])+/g, (bytes) =>
    Buffer.from(bytes.replaceAll('%', ''), 'hex').toString(),
  );
}

function basicAuthFacts(handler: JsonValue, facts: FactList): void {
  const accounts = itemsOf(at(handler, 'providers', 'http_basic', 'accounts'));
  const users = accounts.map((account) => `${shown(own(account, 'username'))} (${hashText(own(account, 'password'))})`);
  facts.say('auth', `basic ${users.join(', ')}`);
}

/** A hash that stands in the config itself was put there by hand, and is nobody's to read. */
function hashText(value: JsonValue | undefined): string {
  const [, secret] = typeof value === 'string' ? (/^(\{(?:env|file)\.[^{}]*\})\$?$/.exec(value) ?? []) : [];
  return secret === undefined ? 'a hash' : shown(secret);
}

function rateLimitFacts(handler: JsonValue, facts: FactList): void {
  for (const [, limit] of entriesOf(own(handler, 'rate_limits'))) {
    const key = KEYS[shown(own(limit, 'key'))] ?? shown(own(limit, 'key'));
    facts.say('rate_limit', `${shown(own(limit, 'max_events'))} in ${shown(own(limit, 'window'))} by ${key}`);
  }
}

const KEYS: Readonly<Record<string, string>> = {
  '{http.vars.client_ip}': 'client',
  '{http.request.remote.host}': 'client',
  '{http.request.host}': 'host',
};
