import type { SourceFile } from '../../diagnostics/position.ts';
import { type Input, inputsOf } from '../../history/inputs.ts';

/** The policies that were served last. */
export interface LastServed {
  /** By path, as far as their texts are known. */
  readonly files: ReadonlyMap<string, SourceFile>;
  /** Of all of them. */
  readonly paths: ReadonlySet<string>;
}

export const nothingServed: LastServed = { files: new Map(), paths: new Set() };

export function servedFrom(sources: readonly SourceFile[]): LastServed {
  const files = new Map(sources.map((file) => [file.path, file]));
  return { files, paths: new Set(files.keys()) };
}

/** After a start nothing is known but hashes: what is as it was then is what was served. */
export function servedAsRead(
  sources: readonly SourceFile[],
  inputs: readonly Input[],
  beside?: SourceFile,
): LastServed {
  const served = new Map(inputs.map(({ path, sha256 }) => [path, sha256]));
  if (beside !== undefined) served.delete(beside.path);
  const hashes = new Map(inputsOf(sources).map(({ path, sha256 }) => [path, sha256]));
  const known = sources.filter(({ path }) => served.get(path) !== undefined && served.get(path) === hashes.get(path));
  return { files: new Map(known.map((file) => [file.path, file])), paths: new Set(served.keys()) };
}
