import type { Route } from '../../ir/model.ts';
import { covers } from '../../ir/order.ts';
import { type PathPattern, parsePath } from '../../policy/schema/path.ts';
import { pathMatcher } from '../match.ts';
import { type CaddyHandler, onlyWhen } from './context.ts';

export function rewriting({ modifiers: { rewrite }, pattern }: Pick<Route, 'modifiers' | 'pattern'>): CaddyHandler[] {
  if (!rewrite) return [];
  const { strip_prefix: strip, add_prefix: add, path } = rewrite.value;
  if (path !== undefined) return [{ handler: 'rewrite', uri: path }];
  const prefix = strip === undefined ? undefined : patternOf(strip);
  const adding = add === undefined ? [] : [{ handler: 'rewrite', ...behind(`${add}/`) }];
  if (prefix === undefined || prefix.segments.length === 0) return adding;
  const whole = onlyWhen(pathMatcher({ ...prefix, exact: true }), [{ handler: 'rewrite', uri: '/' }]);
  const before = isAscii(prefix) ? [] : [whole];
  const stripping = { handler: 'rewrite', strip_path_prefix: encodedPrefix(prefix) };
  if (covers(prefix, pattern)) return [...before, { ...stripping, ...behind(`${add ?? ''}/`) }];
  // Caddy strips letters and not segments: of `/apix` an "x" would be left, which is no path.
  return [...before, onlyWhen(pathMatcher(prefix), [{ ...stripping, ...behind('/') }]), ...adding];
}

/**
 * Puts text before a path in place of its first slash, if it has one: what was stripped may have none left, or an encoded
 * one. By a pattern on the path, and not `uri: /prefix{…uri}`, which would read a `?` that was encoded in the path as a query.
 */
function behind(text: string): Pick<CaddyHandler, 'path_regexp'> {
  return { path_regexp: [{ find: '^/?', replace: text.replaceAll('$', '$$$$') }] };
}

/**
 * Caddy compares a prefix byte by byte, and beyond ASCII never finds it, unless the prefix is encoded as the path is. What is
 * the prefix and nothing more, it compares decoded.
 */
function encodedPrefix({ segments }: PathPattern): string {
  return `/${segments.join('/')}`.replace(/\P{ASCII}+/gu, encodeURIComponent);
}

function isAscii({ segments }: PathPattern): boolean {
  return segments.every((segment) => /^\p{ASCII}*$/u.test(segment));
}

function patternOf(path: string): PathPattern | undefined {
  const parsed = parsePath(path);
  return 'value' in parsed ? parsed.value : undefined;
}
