import type { Reason } from '../caddy/layout/reason.ts';

/** The layout of each server, its reason, and what became of the sites. */
export function layoutsText(layouts: ReadonlyMap<string, Reason>): string {
  return [...layouts]
    .map(([server, { layout, why, parts }]) =>
      [`${server}: ${layout} (${why})`, ...parts.map((part) => `  ${part}`), ''].join('\n'),
    )
    .join('');
}
