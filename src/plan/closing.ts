import type { JsonValue } from '../caddy/json.ts';
import { at, entriesOf, itemsOf, own } from './live.ts';

/** A server whose open WebSockets end with any push, all at once. */
export interface Closing {
  readonly server: string;
  /** Whether the config has Caddy count the requests of this server. */
  readonly isCounted: boolean;
}

/** The servers of a live config, whosever they are, with a proxy that closes its WebSockets when Caddy loads. */
export function closingServers(apps: JsonValue): Closing[] {
  const http = at(apps, 'http');
  const isCounted = isOn(own(http, 'metrics'));
  return entriesOf(own(http, 'servers'))
    .filter(([, server]) => closes(server))
    .map(([name, server]) => ({ server: name, isCounted: isCounted || isOn(own(server, 'metrics')) }));
}

function isOn(metrics: JsonValue | undefined): boolean {
  return metrics !== undefined && metrics !== null;
}

/** Proxies stand in routes, in routes below these, and in what is done with an answer. */
function closes(value: JsonValue): boolean {
  if (own(value, 'handler') === 'reverse_proxy' && !hasDelay(value) && !refusesUpgrades(value)) return true;
  return [...itemsOf(value), ...entriesOf(value).map(([, entry]) => entry)].some(closes);
}

/** A duration is a text, or a number of nanoseconds. */
function hasDelay(proxy: JsonValue): boolean {
  const delay = own(proxy, 'stream_close_delay');
  return typeof delay === 'number' ? delay > 0 : typeof delay === 'string' && /[1-9]/.test(delay);
}

/** One that only asks whether a request may pass holds no stream. */
function refusesUpgrades(proxy: JsonValue): boolean {
  return itemsOf(at(proxy, 'headers', 'request', 'delete')).includes('Upgrade');
}
