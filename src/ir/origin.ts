import type { Place, SourceFile } from '../diagnostics/position.ts';
import { type DocumentNode, locate } from '../policy/tree.ts';

/** Where a node of the model was written. The line and column are only looked for when someone asks. */
export interface Origin {
  readonly file: SourceFile;
  readonly root: DocumentNode;
  readonly path: readonly PropertyKey[];
}

/** The origin of a part of what this origin names. */
export function within(origin: Origin, ...steps: PropertyKey[]): Origin {
  // Unlike a spread it takes no room beyond its length: there are several of these to a route.
  return { ...origin, path: origin.path.concat(steps) };
}

/** The place of what was written, or of its key. */
export function placeOf(origin: Origin, what: 'key' | 'value' = 'key'): Place {
  return { file: origin.file, range: locate(origin.root, origin.path, what) };
}

/** A value and where it was written, so that each part of an answer can be traced to its line. */
export interface Traced<T> {
  readonly value: T;
  readonly origin: Origin;
}
