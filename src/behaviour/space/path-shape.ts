import { globHolds } from '../../explain/match/glob.ts';
import { regexHolds } from '../../explain/match/regex.ts';
import type { Subject } from '../../explain/match/when.ts';
import type { Condition } from '../../policy/schema/matcher.ts';
import type { Leaf } from '../paths/tree.ts';
import { byWhatHolds, type Class, type Dimension, type Draft, subjectOf } from './dimension.ts';
import { regexSamples } from './regex-sample.ts';

export interface Shapes {
  readonly dimensions: readonly Dimension[];
  /** Patterns for which a path was found that they take, and those for which none was. */
  readonly met: readonly string[];
  readonly unmet: readonly string[];
}

/** What patterns and globs of conditions tell apart among the paths of a leaf. `isThere`: whether a path falls into it. */
export function pathShapes(
  conditions: readonly Condition[],
  leaf: Leaf,
  isThere: (path: string) => boolean,
  plain: Draft,
): Shapes {
  const regexes = [...new Set(conditions.flatMap(({ regex }) => regex ?? []))];
  const globs = [...new Set(conditions.flatMap(({ path_glob: some }) => some ?? []))];
  if (regexes.length + globs.length === 0) return { dimensions: [], met: [], unmet: [] };
  const says = [...regexes.map((text) => `regex ${text}`), ...globs];
  const atoms = [
    ...regexes.map(
      (regex) =>
        ({ received }: Subject) =>
          regexHolds(regex, received),
    ),
    ...globs.map(
      (glob) =>
        ({ received }: Subject) =>
          globHolds([glob], received),
    ),
  ];
  const paths = candidates(leaf, [...regexes.flatMap(regexSamples), ...globs.flatMap(globSamples)]).filter(isThere);
  const met = new Set<string>();
  const choices = paths.map((path): Class => {
    const shape = (draft: Draft): Draft => ({ ...draft, path: written(path) });
    const subject = subjectOf(shape(plain));
    const held = says.filter((_, index) => subject !== undefined && atoms[index]?.(subject) === true);
    for (const each of held) met.add(each);
    return { says: held.length === 0 ? 'of no such form' : held.join(' and '), shape };
  });
  const dimension = byWhatHolds('path', choices, atoms, plain);
  // A glob can always be met, but for leaves that have nothing of it.
  const unmet = regexes.map((text) => `regex ${text}`).filter((each) => !met.has(each));
  return { dimensions: dimension.classes.length > 1 ? [dimension] : [], met: [...met], unmet };
}

function candidates({ kind, path }: Leaf, samples: readonly string[]): string[] {
  const spelled = [path, path.toUpperCase(), path.toLowerCase()];
  if (kind !== 'below') return [...new Set(spelled)];
  const base = path.slice(0, path.lastIndexOf('/'));
  const below = ['', '/', '/x', '/x/', '/1', 'x/X', ...samples, ...samples.map((text) => `/${text}`)].flatMap((end) => [
    path + end,
    base + (end.startsWith('/') ? end : `/${end}`),
  ]);
  return [...new Set([...spelled, ...below, ...below.map((text) => `${text}/x`), ...samples])];
}

function globSamples(glob: string): string[] {
  return [glob.replaceAll('*', 'x').replaceAll('?', 'x'), glob.replaceAll('*', '').replaceAll('?', 'y')];
}

/** Encoded as clients do. */
export function written(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
