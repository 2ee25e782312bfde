/**
 * A path as Caddy's matchers see it: dot segments resolved and slashes merged, and a slash at its end kept. What has no
 * slash at its beginning stays without; an empty path is ".".
 */
export function cleanPath(path: string): string {
  if (/^(?:\/(?!\.{0,2}(?:\/|$))[^/]+)+\/?$|^\/$/.test(path)) return path;
  const isRooted = path.startsWith('/');
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!isRooted) kept.push(segment);
  }
  const joined = `${isRooted ? '/' : ''}${kept.join('/')}`;
  const clean = joined === '' ? '.' : joined;
  return clean !== '/' && path.endsWith('/') ? `${clean}/` : clean;
}

const EMPTY = '\uffff';

/** The same, but with empty segments kept: for a pattern that has one itself. */
export function cleanPathKeepingSlashes(path: string): string {
  return cleanPath(path.replaceAll(/(?<=\/)\//g, `${EMPTY}/`)).replaceAll(EMPTY, '');
}
