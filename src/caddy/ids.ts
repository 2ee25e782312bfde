import { type PathPattern, showPath } from '../policy/schema/path.ts';

/**
 * The `@id`s that mark what is ours: `caddyctl.<owner>.<server>.<host><path>`. Caddy takes letters, digits, `.`, `_` and `-`.
 * `/` is written `_`, and anything else `-hex-`, so that different routes never share an id.
 */
export function ownedId(owner: string, ...parts: readonly string[]): string {
  return ['caddyctl', owner, ...parts].join('.');
}

/** A `_` of a name is doubled, since a single one begins the path; no label of a name ends in `-`. */
export function hostSlug(host: string): string {
  return host.replaceAll('_', '__').replace('*', 'wildcard-');
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

/** The part of a server's name that tells its address: `127.0.0.1:8480` → `127.0.0.1-8480`, `:8443` → `8443`. */
export function listenSlug(listen: string): string {
  if (listen.startsWith('unix/')) return Array.from(listen, slugOf).join('');
  return listen.replace(/^:/, '').replace(/[[\]]/g, '').replaceAll(':', '-').replaceAll('%', '-25-');
}
