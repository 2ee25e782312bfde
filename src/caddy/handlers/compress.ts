import { covers } from '../../ir/order.ts';
import type { Route } from '../../ir/model.ts';
import { pathMatcher } from '../match.ts';
import { type CaddyHandler, onlyWhen } from './context.ts';

/** Types worth compressing. `text/event-stream` is none of them: Caddy's own list holds `text/*`, and so would hold events back. */
const TYPES = [
  'application/javascript*',
  'application/json*',
  'application/manifest+json*',
  'application/wasm*',
  'application/xhtml+xml*',
  'application/xml*',
  'font/*',
  'image/svg+xml*',
  'text/css*',
  'text/csv*',
  'text/html*',
  'text/javascript*',
  'text/markdown*',
  'text/plain*',
  'text/xml*',
];

export function compression({ modifiers: { compress }, handler, pattern }: Route): CaddyHandler[] {
  if (!compress) return [];
  const encode: CaddyHandler = {
    handler: 'encode',
    encodings: Object.fromEntries(compress.value.map((name) => [name, {}])),
    prefer: compress.value,
    minimum_length: 512,
    match: { headers: { 'Content-Type': TYPES } },
  };
  const streams = handler.kind === 'proxy' ? handler.upstream.facts.streams : [];
  if (streams.some((stream) => covers(stream, pattern))) return [];
  const within = streams.filter((stream) => covers(pattern, stream));
  return within.length === 0 ? [encode] : [onlyWhen({ not: within.map(pathMatcher) }, [encode])];
}
