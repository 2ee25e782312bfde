import { isIPv6 } from 'node:net';
import { addressBytes, isInRanges, shownAddress } from './address-range.ts';
import type { Received } from './received.ts';

/**
 * The client's address where proxies of a server are trusted: what the nearest untrusted hop says, read from the right.
 * Undefined where nobody knows: on a socket without a word from the proxy.
 */
export function clientBehindProxies(received: Received, trusted: readonly string[]): string | undefined {
  const { from } = received;
  if (from !== undefined && !isInRanges(from, trusted)) return from;
  const hops = received.headers.get('X-Forwarded-For')?.join(',').split(',') ?? [];
  for (const hop of hops.toReversed()) {
    const [address = ''] = withoutPort(hop).trim().split('%');
    if (addressBytes(address) !== undefined && !isInRanges(address, trusted)) return shownAddress(address);
  }
  return from;
}

/** As Go splits `host:port`; without a port the text stays as it is. */
export function withoutPort(text: string): string {
  const [, bracketed, plain] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):[^:[\]]*$/.exec(text) ?? [];
  return bracketed ?? plain ?? text;
}

/** A host as Caddy compares it: without its port and without brackets. */
export function hostWithoutPort(host: string): string {
  const bare = withoutPort(host);
  return bare === host && !isIPv6(host) ? host.replace(/^\[/, '').replace(/\]$/, '') : bare;
}
