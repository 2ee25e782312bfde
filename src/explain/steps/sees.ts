import type { Upstream } from '../../ir/model.ts';
import type { Origin } from '../../ir/origin.ts';
import { isInRanges } from '../address-range.ts';
import type { SeenHeader, Sees } from '../answer.ts';
import type { Place } from '../place.ts';
import { uriOf } from '../target.ts';
import { passesFreely } from './auth.ts';
import { rewritten } from './rewrite.ts';

/** What the app gets. */
export function sees(upstream: Upstream, place: Place): Sees {
  const { received, modifiers } = place;
  const headers = new Map<string, SeenHeader>();
  const put = (name: string, value: string | null, origin?: Origin) =>
    headers.set(name, { name, value: value === null ? null : trimmed(value), ...(origin && { origin }) });
  for (const name of forged(place)) put(name, null);
  for (const [name, value] of forwarded(place)) put(name, value);
  // A client on a socket of whom the proxy says nothing is "@" to Caddy.
  if (received.from !== undefined || place.trusted.length > 0) put('X-Real-Ip', place.client ?? '@');
  const { auth } = modifiers;
  for (const name of auth?.value.forward?.copy_headers ?? []) {
    // Of a request that passes freely nobody is asked, and it stays as it is.
    if (!passesFreely(place)) put(name, `{${name} of the auth service}`, auth?.origin);
  }
  if (auth && !auth.value.pass && (auth.value.basic ?? auth.value.bearer)) put('Authorization', null, auth.origin);
  for (const [name, { value: rule, origin }] of modifiers.requestHeaders) {
    const sent = received.headers.get(name)?.join(', ');
    if (rule.kind === 'set') put(name, rule.value, origin);
    if (rule.kind === 'remove') put(name, null, origin);
    if (rule.kind === 'default' && sent === undefined) put(name, rule.value, origin);
    if (rule.kind === 'add') put(name, sent === undefined ? rule.value : `${sent}, ${trimmed(rule.value)}`, origin);
  }
  return {
    method: received.asked.method,
    uri: uriOf(rewritten(place)),
    host: hostSeen(upstream, received.host),
    headers: [...headers.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** Blanks around a value are none of it on the way. */
function trimmed(value: string): string {
  return value.replace(/^[ \t]+|[ \t]+$/g, '');
}

function hostSeen({ facts: { host_header: host } }: Upstream, sent: string): string {
  if (host === 'upstream') return '{upstream}';
  return host === 'client' ? sent : host.value;
}

/** Headers that only a trusted proxy may send. */
function forged({ received, trusted }: Place): string[] {
  if (trusted.length > 0 && (received.from === undefined || isInRanges(received.from, trusted))) return [];
  const names = received.from === undefined ? /^(Forwarded|X-Forwarded-.*|X-Real-Ip)$/ : /^(Forwarded|X-Forwarded-.*)$/;
  return [...received.headers.keys()].filter((name) => names.test(name));
}

/** What Caddy says of the client: after what a trusted proxy said, or in its place. */
function forwarded(place: Place): [string, string][] {
  const { received, serverTrusts } = place;
  const { from, headers, host, tls } = received;
  if (from === undefined && !serverTrusts) return [];
  const isTrusted = forged(place).length === 0 && isBelieved(place);
  const prior = (name: string) => (isTrusted ? headers.get(name) : undefined);
  const before = prior('X-Forwarded-For')?.join(', ') ?? '';
  const hops = [before, from ?? ''].filter((hop) => hop !== '');
  return [
    ...(hops.length > 0 ? [['X-Forwarded-For', hops.join(', ')] satisfies [string, string]] : []),
    ['X-Forwarded-Proto', prior('X-Forwarded-Proto')?.at(-1) || (tls ? 'https' : 'http')],
    ['X-Forwarded-Host', prior('X-Forwarded-Host')?.at(-1) || host],
  ];
}

function isBelieved({ received, trusted }: Place): boolean {
  return trusted.length > 0 && (received.from === undefined || isInRanges(received.from, trusted));
}
