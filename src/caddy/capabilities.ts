/**
 * What the running Caddy can do. It has no version endpoint, but adapting a tiny Caddyfile has no side effect and tells
 * whether a directive is known; each rung below is the first release that knows its one. Tried on 2.7.6, 2.8.4 and
 * 2.11.4; the rungs between are from the release notes.
 */
export const LEVELS = ['older', '2.8', '2.9', '2.10', '2.11', '2.11.3'] as const;

/** The newest rung that Caddy answered to: '2.10' stands for 2.10.0 to 2.10.2. */
export type Level = (typeof LEVELS)[number];

export interface Capabilities {
  readonly level: Level;
}

export const OLDEST_SUPPORTED: Level = '2.8';

export interface Rung {
  readonly level: Level;
  readonly caddyfile: string;
}

/** Newest first, so that a current Caddy costs one request. */
export const LADDER: readonly Rung[] = [
  { level: '2.11.3', caddyfile: ':80 {\n\treverse_proxy localhost:1 {\n\t\tstream_buffer_size 1KB\n\t}\n}\n' },
  { level: '2.11', caddyfile: '{\n\tservers {\n\t\tkeepalive_idle 1s\n\t}\n}\n\n:80\n' },
  { level: '2.10', caddyfile: ':80 {\n\trequest_body {\n\t\tset x\n\t}\n}\n' },
  { level: '2.9', caddyfile: ':80 {\n\treverse_proxy localhost:1 {\n\t\thealth_method HEAD\n\t}\n}\n' },
  { level: '2.8', caddyfile: ':80 {\n\tintercept {\n\t}\n}\n' },
];

export function isAtLeast(level: Level, wanted: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(wanted);
}

/** Inside `route`, where a third-party directive needs no place in Caddy's order of directives. */
export function directiveProbe(directive: string): string {
  return `:80 {\n\troute {\n\t\t${directive}\n\t}\n}\n`;
}

/** Any other complaint is about the directive's arguments, so Caddy knows it. */
export function isUnknownDirective(message: string): boolean {
  return /unrecognized directive/.test(message);
}
