import { goText, percentDecoded } from './go-text.ts';

/** A request target as Go's server reads it. */
export interface Target {
  /** Decoded, with all its dots and slashes. */
  readonly path: string;
  /** As it is sent on: as the client wrote it where that is well formed, else encoded anew. */
  readonly escapedPath: string;
  /** Without the `?`; undefined where there is no `?`. */
  readonly query: string | undefined;
  /** Of an absolute target, in place of the Host header. */
  readonly host?: string;
}

/** Reads a target, or undefined for what is answered with a 400 whatever the policies say. */
export function readTarget(method: string, text: string): Target | undefined {
  // Space ends the target, and a control character the request.
  if (text === '' || hasControl(text) || text.includes(' ')) return undefined;
  if (method === 'CONNECT' && !text.startsWith('/')) return { path: '', escapedPath: '', query: undefined };
  if (text === '*') return { path: '*', escapedPath: '*', query: undefined };
  const [, scheme, rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(.*)$/s.exec(text) ?? [];
  const at = rest.indexOf('?');
  const [before, query] = at === -1 ? [rest, undefined] : [rest.slice(0, at), rest.slice(at + 1)];
  if (!before.startsWith('/')) return scheme === undefined ? undefined : { path: '', escapedPath: '', query };
  if (scheme === undefined || !before.startsWith('//')) return withPath(before, query);
  const [, authority = '', path = ''] = /^\/\/([^/]*)(.*)$/s.exec(before) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (!/^(\[[0-9A-Fa-f:.]+\]|[\w.~!$&'()*+,;=<>"-]*)(:\d*)?$/.test(host)) return undefined;
  const read = withPath(path, query);
  return read && { ...read, ...(host !== '' && { host }) };
}

function withPath(written: string, query: string | undefined): Target | undefined {
  const bytes = percentDecoded(written);
  if (bytes === undefined) return undefined;
  return { path: goText(bytes), escapedPath: isWellFormed(written) ? written : encoded(bytes), query };
}

/** Path and query together, as the app gets them. */
export function uriOf({ escapedPath, query }: Pick<Target, 'escapedPath' | 'query'>): string {
  return `${escapedPath === '' ? '/' : escapedPath}${query === undefined ? '' : `?${query}`}`;
}

/** Whether Go sends an encoded path on as it stands. */
export function isWellFormed(path: string): boolean {
  return /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/[\]]|%[0-9A-Fa-f]{2})*$/.test(path);
}

/** The bytes of a path, encoded as Go does it. */
export function encoded(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9\-._~$&+,/:;=@]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

function hasControl(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /[\u0000-\u001f\u007f]/.test(text);
}
