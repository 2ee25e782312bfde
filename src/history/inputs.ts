import type { SourceFile } from '../diagnostics/position.ts';
import { oncePer } from '../once-per.ts';
import { sha256 } from './seal.ts';

/** A file that a revision was made from: never its text. */
export interface Input {
  /** As it was typed. */
  readonly path: string;
  /** Of its text, hexadecimal. */
  readonly sha256: string;
}

/** `owners`: the file that said whose they are and what each may do. */
export function inputsOf(sources: readonly SourceFile[], owners?: SourceFile): Input[] {
  return [...sources, ...(owners ? [owners] : [])].map(inputOf);
}

/** A file that was not read anew is the very object of the time before. */
const inputOf = oncePer(({ path, text }: SourceFile): Input => ({ path, sha256: sha256(text) }));

/** One hash for a set of files. Their paths do not count: they mean nothing, and one folder can be typed in many ways. */
export function inputsDigest(inputs: readonly Input[]): string {
  const hashes = inputs.map(({ sha256: hash }) => hash).toSorted();
  return sha256(hashes.join('\n'));
}
