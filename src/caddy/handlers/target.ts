import type { MatcherSet } from '../match.ts';
import { type CaddyHandler, fail, onlyWhen } from './context.ts';
import { placeholder } from '../placeholders.ts';

/**
 * A request target that is no path: `scheme:rest`, `*`, a tunnel's `host:port`. No route but "/" takes it, and Caddy hands
 * `scheme:http://host/internal` on as `http://host/internal`, past every route that denies or guards /internal.
 */
export const NO_PATH: MatcherSet = { not: [{ path: ['/*'] }] };

/**
 * A host as clients spell it: letters of ASCII, and brackets around an address of IPv6 alone. No group captures, here and
 * below: Caddy keeps each capture of each request.
 */
const HOST_PATTERN = String.raw`^(?:[!-Z\^-~]+|\[[0-9A-Fa-f.]*:[0-9A-Fa-f:.%]*\](?::\d*)?)$`;

/** Any other spelling, or none: Caddy's ways of asking for a host do not agree on it, since some drop a bracket or fold `ſ` to `s`. */
export const ODD_HOST: MatcherSet = {
  not: [{ header_regexp: { Host: { pattern: HOST_PATTERN } } }],
};

const DOTS = placeholder('caddyctl.dots');

/** For all routes of a server: tells whether a path has a dot segment, once it is asked. `\` is a slash to some apps, and `;` an end. */
export const findDotSegments: CaddyHandler = {
  handler: 'map',
  source: placeholder('http.request.uri.path'),
  destinations: [DOTS],
  mappings: [{ input_regexp: String.raw`(?:^|[/\\])\.\.?(?:[/\\;]|$)`, outputs: ['yes'] }],
  defaults: [''],
};

/**
 * Refuses a path with a dot segment, encoded or not, before an app sees it. Routes are told apart by the path as it resolves,
 * but Caddy hands it on as it stands, and `/internal/../x` is below /internal to an app that only looks at the beginning.
 * Browsers and most other clients resolve such paths before they ask.
 */
export const dotSegmentGuard: CaddyHandler = onlyWhen({ vars: { [DOTS]: ['yes'] } }, [fail(400)]);
