import { isIP, isIPv4, isIPv6 } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import { z } from 'zod';
import { hasControlCharacter, type Parsed, problem, textOf } from './text.ts';

/** Names for groups of addresses; `private` holds what RFC 1918, RFC 4193 and loopback call local. */
const NAMED_RANGES: ReadonlyMap<string, readonly string[]> = new Map([
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', 'fc00::/7', 'fe80::/10', '::1/128']],
  ['tailscale', ['100.64.0.0/10', 'fd7a:115c:a1e0::/48']],
]);

/** `10.0.0.0/8, private` → CIDR ranges. Empty parts vanish, so that `${PROXIES:-}` may be none. */
export function parseRanges(text: string): Parsed<readonly string[]> {
  const ranges: string[] = [];
  for (const part of text.split(',').map((piece) => piece.trim())) {
    if (part === '') continue;
    const named = NAMED_RANGES.get(part);
    const [address = '', bits, ...rest] = part.split('/');
    const family = isIP(address);
    if (named !== undefined) ranges.push(...named);
    else if (family !== 0 && !address.includes('%') && rest.length === 0 && bitsFit(bits, family))
      ranges.push(asIPv4(address, bits) ?? part);
    else {
      const hint = `an address (10.0.0.7), a range (10.0.0.0/8, fd00::/8), or ${[...NAMED_RANGES.keys()].join(', ')}`;
      return problem('address-range', `"${part}" is not an address or a range of addresses`, hint);
    }
  }
  return { value: ranges };
}

function bitsFit(bits: string | undefined, family: number): boolean {
  return bits === undefined || (/^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** `::ffff:10.0.0.7` is 10.0.0.7 to Caddy when a client calls, but never when it compares, so such a range would hold for nobody. */
function asIPv4(address: string, bits: string | undefined): string | undefined {
  if (!isIPv6(address) || Number(bits ?? 128) < 96) return undefined;
  const [, high, low] = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(new URL(`http://[${address}]`).hostname) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const octets = [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]);
  return `${octets.join('.')}${bits === undefined ? '' : `/${Number(bits) - 96}`}`;
}

const range = textOf(parseRanges, {
  description: 'Addresses and ranges, with commas: 10.0.0.7, 10.0.0.0/8, private, loopback, tailscale.',
});

/** Client addresses as one text or a list; always a flat list of CIDR ranges without repeats. */
export const ranges = z
  .union([
    range.transform((list) => [...new Set(list)]),
    z.array(range).transform((lists) => [...new Set(lists.flat())]),
  ])
  .meta({ description: 'Client addresses: 10.0.0.0/8, private, loopback, tailscale; one or a list.' });

/** Host names as Caddy compares them: lower case, IDNA, no trailing dot; `*` only as the whole first label. */
export function parseHost(text: string): Parsed<string> {
  const wildcard = text.startsWith('*.');
  const rest = wildcard ? text.slice(2) : text;
  if (/["']/.test(text)) {
    return problem('host', `"${text}" is not a host name`, 'put the whole key in quotes: "example.com, *.example.com"');
  }
  if (/[:/@\s]/.test(text)) {
    return problem('host', `"${text}" is not a host name`, 'write the host alone: no scheme, no port, no path');
  }
  if (rest.includes('*')) {
    return problem('host', `"${text}": "*" may only be the whole first label`, 'like *.example.com');
  }
  if (isIPv4(rest) && !wildcard) return { value: rest };
  const ascii = domainToASCII(rest.replace(/\.$/, ''));
  const labels = ascii.split('.');
  const valid = labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
  if (ascii === '' || ascii.length > 253 || !valid || (wildcard && labels.length < 2)) {
    return problem('host', `"${text}" is not a host name`, 'like app.example.com or *.example.com');
  }
  // Caddy decodes each name, and takes no config with one that cannot be.
  if (/(^|\.)xn--/.test(domainToUnicode(ascii)))
    return problem('host', `"${text}" is not a host name: "xn--" begins what was encoded`, 'write the name itself');
  return { value: wildcard ? `*.${ascii}` : ascii };
}

/** One backend as an operator writes it. */
export interface Address {
  readonly scheme: 'http' | 'https' | 'h2c';
  /** What Caddy dials: `host:port` or `unix//path`. */
  readonly dial: string;
  /** Absent for a Unix socket. */
  readonly host?: string;
  readonly port?: number;
}

const ADDRESS_HINT = 'like localhost:8000, https://10.0.0.7:8443, h2c://app:50051, [::1]:8080 or unix//run/app.sock';

/** `localhost:8000`, `https://backend`, `h2c://app:50051`, `unix//run/app.sock`. */
function parseAddress(text: string): Parsed<Address> {
  const bad = (why: string) => problem('address', `"${text}" is not an address: ${why}`, ADDRESS_HINT);
  if (hasControlCharacter(text) || /[{}\s]/.test(text)) return bad('it has characters that no address has');
  if (text.startsWith('unix/')) {
    return /^unix\/\/[^\s*]+$/.test(text) ? { value: { scheme: 'http', dial: text } } : bad('a socket is unix//path');
  }
  const [, scheme = 'http', rest = ''] = /^(?:([a-z0-9+]+):\/\/)?(.*)$/s.exec(text) ?? [];
  if (scheme !== 'http' && scheme !== 'https' && scheme !== 'h2c') return bad(`the scheme "${scheme}" is not known`);
  const authority = rest.replace(/\/$/, '');
  if (authority.includes('/')) return bad('a path does not belong here, "rewrite" changes paths');
  const [, bracketed, plain, written] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(authority) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return bad('expected a host and a port');
  if (bracketed !== undefined ? !isIPv6(bracketed) : !isIPv4(host) && !isDialName(host))
    return bad(`"${host}" is no host`);
  const assumed = scheme === 'https' ? 443 : 80;
  if (written === undefined && text === rest) return bad('the port is missing');
  const port = written === undefined ? assumed : Number(written);
  if (port < 1 || port > 65_535) return bad(`${port} is no port`);
  return { value: { scheme, dial: `${bracketed === undefined ? host : `[${host}]`}:${port}`, host, port } };
}

/** What ends in a number is an address to many a resolver (0x7f.1, 127.1), and there must be one way to write one. */
function isDialName(host: string): boolean {
  return (
    host.length <= 253 &&
    /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/.test(host) &&
    !/(^|\.)(\d+|0[xX][\da-fA-F]*)$/.test(host)
  );
}

export const address = textOf(parseAddress, { description: `A backend, ${ADDRESS_HINT}.` });

/** `:8443`, `127.0.0.1:8480`, `unix//run/caddyctl.sock`: where a site is served instead of the usual ports. */
export function parseListen(text: string): Parsed<string> {
  if (/^unix\/\/[^\s{}*]+$/.test(text) && !hasControlCharacter(text)) return { value: text };
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([\d.]*)):(\d{1,5})$/.exec(text) ?? [];
  const hostFits = bracketed !== undefined ? isIPv6(bracketed) : plain === '' || isIPv4(plain ?? '-');
  if (port === undefined || Number(port) < 1 || Number(port) > 65_535 || !hostFits) {
    return problem('listen', `"${text}" is not an address to listen on`, 'like :8443, 127.0.0.1:8480, [::1]:8480');
  }
  return { value: text };
}

export const listen = textOf(parseListen, { description: 'An address to listen on: :8443, 127.0.0.1:8480.' });

/** An origin as a browser sends it, for CORS. */
export function parseOrigin(text: string): Parsed<string> {
  if (/^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$|^https?:\/\/\[[0-9a-f:]+\](:\d{1,5})?$/.test(text)) return { value: text };
  return problem(
    'origin',
    `"${text}" is not an origin`,
    'scheme and host in small letters, no path: https://app.example.com',
  );
}

/** An absolute URL without a user, for Caddy to ask. */
export function parseUrl(text: string): Parsed<string> {
  const hint = 'like http://localhost:9000/allowed';
  const url = /^https?:\/\//.test(text) && !hasControlCharacter(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || /[\s\\]/.test(text))
    return problem('url', `"${text}" is not a URL`, hint);
  return { value: text };
}

/** An absolute URL, or a path on the same host, without anything that could break out of a `Location` header. */
export function parseTarget(text: string): Parsed<string> {
  if (hasControlCharacter(text) || text.includes('\\') || text.includes(' ')) {
    return problem(
      'url',
      'a redirect target has no spaces, backslashes or control characters',
      'write %20 for a space',
    );
  }
  if (/^\/(?!\/)/.test(text)) return { value: text };
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return { value: text };
  return problem('url', `"${text}" is not a place to redirect to`, 'like https://www.example.com/start or /start');
}
