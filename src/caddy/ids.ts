import { type PathPattern, showPath } from '../policy/schema/path.ts';

/**
 * The `@id`s that mark what is ours: `caddyctl.<owner>.<server>.<host><path>`. Caddy takes letters, digits, `.`, `_` and `-`.
 * `/` is written `_`, and anything else `-hex-`, so that different routes never share an id.
 */
export function ownedId(owner: string, ...parts: readonly string[]): string {
  return ['caddyctl', owner, ...parts].join('.');
}

export function hostSlug(host: string): string {
  return host.replace('*', 'wildcard_');
}

export function pathSlug(pattern: PathPattern): string {
  return Array.from(showPath(pattern), slugOf).join('');
}

function slugOf(character: string): string {
  if (/[A-Za-z0-9.]/.test(character)) return character;
  if (character === '/') return '_';
  if (character === '-') return '--';
  return `-${character.codePointAt(0)?.toString(16)}-`;
}

export function serverName(owner: string, part: string): string {
  return `caddyctl-${owner}-${part}`;
}

/** The part of a server's name that tells its address: `127.0.0.1:8480` → `127.0.0.1-8480`. */
export function listenSlug(listen: string): string {
  return listen.replace(/[^A-Za-z0-9.]+/g, '-').replace(/^-|-$/g, '');
}
