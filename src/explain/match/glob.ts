import { cleanPathKeepingSlashes } from '../clean-path.ts';
import { lowered } from '../go-text.ts';
import type { Received } from '../received.ts';
import type { Holds } from './holds.ts';

/** `path_glob`: Caddy's own form. One `*` at an end, or one at each, crosses slashes; any other `*`, and a `?`, does not. */
export function globHolds(globs: readonly string[], { path, target }: Received): Holds {
  const given = globs.map(lowered);
  // As Caddy does: everything, before any other is looked at.
  if (given.includes('*')) return true;
  const verdicts = given.map((glob): Holds => {
    // A `%` compares what is encoded, and that in a way of its own.
    if (glob.includes('%')) return 'unknown';
    const asked = lowered(glob.includes('//') ? cleanPathKeepingSlashes(target.path) : path);
    return isMatch(glob, asked);
  });
  return verdicts.includes(true) || (verdicts.includes('unknown') && 'unknown');
}

function isMatch(glob: string, path: string): boolean {
  const stars = glob.split('*').length - 1;
  const [begins, ends] = [glob.startsWith('*'), glob.endsWith('*')];
  if (stars === 2 && begins && ends) return path.includes(glob.slice(1, -1));
  if (stars === 1 && begins) return path.endsWith(glob.slice(1));
  if (stars === 1 && ends) return path.startsWith(glob.slice(0, -1));
  return segmentwise(Array.from(glob), Array.from(path));
}

/** `*` is any number of characters but `/`, and `?` one. In time of both lengths multiplied, whatever the pattern. */
function segmentwise(glob: readonly string[], path: readonly string[]): boolean {
  let [at, next, star, mark] = [0, 0, -1, 0];
  while (next < path.length) {
    const wanted = glob[at];
    if (wanted === '*') {
      star = at++;
      mark = next;
    } else if (wanted === path[next] || (wanted === '?' && path[next] !== '/')) {
      at++;
      next++;
    } else if (star !== -1 && path[mark] !== '/') {
      at = star + 1;
      next = ++mark;
    } else return false;
  }
  return glob.slice(at).every((character) => character === '*');
}
