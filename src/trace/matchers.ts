import type { JsonValue } from '../caddy/json.ts';
import { isInRanges } from '../explain/address-range.ts';
import { hostWithoutPort } from '../explain/client.ts';
import { folded } from '../explain/go-text.ts';
import { globHolds } from '../explain/match/glob.ts';
import { headerHolds, headerLines } from '../explain/match/header.ts';
import { all, any, type Holds, none } from '../explain/match/holds.ts';
import { queryHolds } from '../explain/match/query.ts';
import { regexHolds, textFits } from '../explain/match/regex.ts';
import type { Received } from '../explain/received.ts';
import { entriesOf, itemsOf, own } from '../plan/live.ts';

/** What Caddy's matchers are asked of. */
export interface Traced {
  readonly received: Received;
  /** Absent where only Caddy can tell who the client is; a client on a socket has no address. */
  readonly client?: { readonly address: string | undefined } | undefined;
  /** Variables that a `map` of ours has set, by their placeholder. */
  readonly variables: ReadonlyMap<string, string>;
  /** A handler before has changed the path or query, and how is Caddy's to know. */
  readonly isMoved: boolean;
}

/** Whether any of a route's matcher sets holds; without sets it does. */
export function setsHold(sets: JsonValue | undefined, traced: Traced): Holds {
  const list = itemsOf(sets);
  return list.length === 0 || any(list, (set) => setHolds(set, traced));
}

function setHolds(set: JsonValue, traced: Traced): Holds {
  return all(entriesOf(set), ([name, value]) => matcherHolds(name, value, traced));
}

function matcherHolds(name: string, value: JsonValue, traced: Traced): Holds {
  const { received, client, isMoved } = traced;
  if (isMoved && (name.startsWith('path') || name === 'query')) return 'unknown';
  switch (name) {
    case 'host':
      return anyText(value, (host) => hostHolds(host, received.host));
    case 'path':
      // A class or a backslash is read in a way that no policy of ours needs.
      return anyText(value, (glob) => (/[[\\]/.test(glob) ? 'unknown' : globHolds([glob], received)));
    case 'path_regexp':
      return withText(own(value, 'pattern'), (pattern) => regexHolds(pattern, received));
    case 'method':
      return itemsOf(value).includes(received.asked.method);
    case 'header':
      return all(entriesOf(value), ([field, wanted]) =>
        presenceHolds(wanted, (given) => headerHolds(field, given, received)),
      );
    case 'header_regexp':
      return all(entriesOf(value), ([field, rule]) =>
        withText(own(rule, 'pattern'), (pattern) =>
          any(headerLines(field, received) ?? [], (line) => textFits(pattern, line)),
        ),
      );
    case 'query':
      return all(entriesOf(value), ([key, wanted]) => {
        const literal = plain(key);
        return literal === undefined
          ? 'unknown'
          : presenceHolds(wanted, (given) => queryHolds(literal, given, received));
      });
    case 'remote_ip':
      return rangesHold(own(value, 'ranges'), received.from);
    case 'client_ip':
      return client ? rangesHold(own(value, 'ranges'), client.address) : 'unknown';
    case 'protocol':
      return withText(value, (protocol) => protocolHolds(protocol, received));
    case 'vars':
      return all(entriesOf(value), ([variable, wanted]) => {
        const known = traced.variables.get(variable);
        return known === undefined ? 'unknown' : anyText(wanted, (text) => text === known);
      });
    case 'not':
      return none(itemsOf(value), (set) => setHolds(set, traced));
    default:
      return 'unknown';
  }
}

function hostHolds(pattern: string, host: string): boolean {
  const [wanted, given] = [folded(pattern).split('.'), folded(hostWithoutPort(host)).split('.')];
  if (!pattern.includes('*')) return wanted.join('.') === given.join('.');
  return wanted.length === given.length && wanted.every((label, index) => label === '*' || label === given[index]);
}

function rangesHold(ranges: JsonValue | undefined, address: string | undefined): Holds {
  const texts = itemsOf(ranges).filter((range) => typeof range === 'string');
  if (texts.some((range) => /[{%]/.test(range))) return 'unknown';
  return address !== undefined && isInRanges(address, texts);
}

function protocolHolds(wanted: string, { tls, asked, headers }: Received): Holds {
  if (wanted === 'https' || wanted === 'http') return tls === (wanted === 'https');
  if (wanted === 'grpc') return headers.get('Content-Type')?.[0]?.startsWith('application/grpc') ?? false;
  const [, version, orNewer] = /^(http\/(?:1\.0|1\.1|2|3))(\+?)$/.exec(wanted) ?? [];
  if (version === undefined) return false;
  return orNewer === '' ? asked.protocol === version : asked.protocol >= version;
}

/** In Caddy null is "not there", and an empty list "there". */
function presenceHolds(wanted: JsonValue, holds: (given: boolean | string[]) => Holds): Holds {
  if (wanted === null) return holds(false);
  const texts = itemsOf(wanted).map((text) => (typeof text === 'string' ? plain(text) : undefined));
  if (texts.includes(undefined)) return 'unknown';
  return holds(texts.length === 0 ? true : texts.filter((text) => text !== undefined));
}

function anyText(values: JsonValue | undefined, holds: (text: string) => Holds): Holds {
  return any(itemsOf(values), (value) => {
    const text = typeof value === 'string' ? plain(value) : undefined;
    return text === undefined ? 'unknown' : holds(text);
  });
}

function withText(value: JsonValue | undefined, holds: (text: string) => Holds): Holds {
  return typeof value === 'string' ? holds(value) : 'unknown';
}

/** Text without placeholders, its escapes taken away; undefined for what Caddy would put something into. */
function plain(text: string): string | undefined {
  return /(?<!\\)\{/.test(text) ? undefined : text.replace(/\\([{}])/g, '$1');
}
