import type { PathPattern } from '../../policy/schema/path.ts';
import { folded, lowered } from '../go-text.ts';

/** A test for the paths that a pattern takes; they come decoded and cleaned. */
export function pathTest({ exact, segments, slash }: PathPattern): (path: string) => boolean {
  if (segments.length === 0) return exact ? (path) => path === '/' : () => true;
  const literal = `/${segments.join('/')}`;
  // What is put as a glob or as a pattern differs in a few letters: a long s is no s to a glob.
  if (/[*?[\]\\{}]/.test(literal)) return patternTest(segments, exact, slash);
  const path = lowered(literal) + (slash ? '/' : '');
  if (exact) return (asked) => lowered(asked) === path;
  return (asked) => {
    const low = lowered(asked);
    return low === path || low.startsWith(`${path}/`);
  };
}

function patternTest(segments: readonly string[], exact: boolean, slash: boolean): (path: string) => boolean {
  const wanted = segments.map(folded);
  return (asked) => {
    const [first, ...parts] = folded(asked).split('/');
    const fits = wanted.every((segment, index) => {
      const part = parts[index];
      return part !== undefined && (segment === '*' ? part !== '' : segment === part);
    });
    if (first !== '' || !fits) return false;
    if (!exact) return true;
    return slash ? parts.length === wanted.length + 1 && parts.at(-1) === '' : parts.length === wanted.length;
  };
}
