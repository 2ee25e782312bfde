import type { JsonValue } from '../caddy/json.ts';
import { unfold } from '../caddy/layout/unfold.ts';
import { addressBytes, isInRanges } from '../explain/address-range.ts';
import type { Asked } from '../explain/asked.ts';
import { clientBehindProxies } from '../explain/client.ts';
import { type Received, receive } from '../explain/received.ts';
import { at, entriesOf, itemsOf, own } from '../plan/live.ts';
import type { TraceEnd, TraceWay } from './endings.ts';
import type { Traced } from './matchers.ts';
import { type Passed, Walk } from './walk.ts';

/** What becomes of one request in a live config, as far as can be known without asking Caddy. */
export interface Trace {
  readonly path: string | undefined;
  readonly client: string | undefined;
  readonly passed: readonly Passed[];
  /** In order; the last is what is left. Never empty. */
  readonly ways: readonly TraceWay[];
}

/** A server of the live config, and one address that it listens on. */
export interface LiveListener {
  readonly name: string;
  readonly address: string;
  readonly tls: boolean;
  readonly server: JsonValue;
}

export function liveListeners(apps: JsonValue): LiveListener[] {
  const httpsPort = own(own(apps, 'http'), 'https_port') ?? 443;
  return entriesOf(at(apps, 'http', 'servers')).flatMap(([name, server]) =>
    itemsOf(own(server, 'listen')).flatMap((address) => {
      if (typeof address !== 'string') return [];
      const isUsual =
        address.endsWith(`:${JSON.stringify(httpsPort)}`) && at(server, 'automatic_https', 'disable') !== true;
      const tls = itemsOf(own(server, 'tls_connection_policies')).length > 0 || isUsual;
      return [{ name, address, tls, server }];
    }),
  );
}

/** Follows a request through one server. */
export function trace(asked: Asked, { server, tls }: LiveListener): Trace {
  const received = receive(asked, tls);
  const none = { path: undefined, client: asked.from, passed: [] };
  const only = (end: TraceEnd) => [{ provided: '', end }];
  if ('status' in received)
    return { ...none, ways: only({ id: undefined, kind: 'answer', status: String(received.status) }) };
  if (asked.method === 'OPTIONS' && asked.target === '*')
    return { ...none, ways: only({ id: undefined, kind: 'answer', status: '200' }) };
  const client = clientOf(received, server);
  const walk = new Walk({ received, client, variables: new Map(), isMoved: false });
  const end = walk.server(unfold(server)) ?? { id: undefined, kind: 'nothing' };
  return {
    path: received.path,
    client: client?.address,
    passed: walk.passed,
    ways: [...walk.open, ...only(end)],
  };
}

/** Whom Caddy takes for the client. Proxies that are not a plain list, or read from the left, are Caddy's to judge. */
function clientOf(received: Received, server: JsonValue): Traced['client'] {
  const proxies = own(server, 'trusted_proxies');
  const direct = { address: received.from };
  if (proxies === undefined) return direct;
  const ranges = itemsOf(own(proxies, 'ranges')).filter((range) => typeof range === 'string');
  const isPlain =
    own(proxies, 'source') === 'static' && ranges.every((range) => addressBytes(range.split('/')[0] ?? ''));
  if (!isPlain || own(server, 'client_ip_headers') !== undefined) return undefined;
  const isBelieved =
    received.from === undefined ? own(server, 'trusted_proxies_unix') === true : isInRanges(received.from, ranges);
  if (!isBelieved) return direct;
  const isStrict = own(server, 'trusted_proxies_strict') === 1;
  return isStrict ? { address: clientBehindProxies(received, ranges) } : undefined;
}
