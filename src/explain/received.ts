import { canonicalHeader } from '../policy/schema/scalars.ts';
import { addressBytes } from './address-range.ts';
import type { Asked } from './asked.ts';
import { cleanPath } from './clean-path.ts';
import { readTarget, type Target } from './target.ts';

/** A request as Caddy's routes have it before them. */
export interface Received {
  readonly asked: Asked;
  readonly tls: boolean;
  readonly target: Target;
  /** Decoded and cleaned. */
  readonly path: string;
  readonly host: string;
  readonly from: string | undefined;
  /** By canonical name, each line's value. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

/** Reads a request, or tells the status with which Caddy refuses it before any route sees it. */
export function receive(asked: Asked, tls: boolean): Received | { readonly status: number; readonly says: string } {
  const bad = (says: string, status = 400) => ({ status, says });
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(asked.method)) return bad('the method is no token');
  const target = readTarget(asked.method, asked.target);
  if (target === undefined) return bad('the target cannot be read');
  const host = target.host ?? asked.host;
  if (!/^[!$%&'()*+,\-.0-9:;=A-Z[\]_a-z~]*$/.test(asked.host)) return bad('the Host header is malformed');
  const headers = new Map<string, string[]>();
  for (const [name, value] of asked.headers) {
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) || hasControl(value))
      return bad(`the header ${name} is malformed`);
    const known = headers.get(canonicalHeader(name));
    if (known) known.push(trimmed(value));
    else headers.set(canonicalHeader(name), [trimmed(value)]);
  }
  if (host === '' && asked.protocol !== 'http/1.0') return bad('there is no Host');
  if (headers.get('Content-Length')?.some((length) => !/^\d+$/.test(length))) return bad('the length is no number');
  if (asked.method.length > 32) return bad('the method is too long', 405);
  return {
    asked,
    tls,
    target,
    path: cleanPath(target.path),
    host,
    from: asked.from === undefined ? undefined : asIPv4(asked.from),
    headers: asGoHasThem(headers),
  };
}

/** What Go's server makes of headers, and Caddy of those that an app could take for others. */
function asGoHasThem(headers: Map<string, string[]>): Map<string, string[]> {
  for (const name of headers.keys()) if (name.includes('_')) headers.delete(name);
  if (headers.get('Pragma')?.[0] === 'no-cache' && !headers.has('Cache-Control'))
    headers.set('Cache-Control', ['no-cache']);
  return headers;
}

/** The request behind our own guard of connections, which stands before all routes. */
export function guarded(received: Received): Received {
  const headers = new Map(received.headers);
  const [connection, upgrade] = [headers.get('Connection'), headers.get('Upgrade')];
  if (connection) headers.set('Connection', connection.map(onlyUpgrade));
  const isBarred = (value: string) => /h2c|https?\/|tls\//iu.test(value);
  if (upgrade)
    headers.set(
      'Upgrade',
      upgrade.map((value) => (isBarred(value) ? '' : value)),
    );
  return { ...received, headers };
}

function onlyUpgrade(value: string): string {
  return (
    value
      .split(',')
      .map((option) => trimmed(option))
      .findLast((option) => /^upgrade$/i.test(option)) ?? ''
  );
}

function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}

function hasControl(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /[\u0000-\u0008\u000a-\u001f\u007f]/.test(text);
}

/** A client of IPv4 stays one on a listener for both. */
function asIPv4(address: string): string {
  const bytes = addressBytes(address);
  const isMapped = bytes?.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255;
  return isMapped ? bytes.slice(12).join('.') : address;
}
