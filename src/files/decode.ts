import { isUtf8 } from 'node:buffer';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../diagnostics/position.ts';
import { fileProblem } from './problem.ts';

/** A file's bytes as text, unless there are more than `limit` or they are no UTF-8. */
export function decode(path: string, bytes: Uint8Array, limit: number): SourceFile | Diagnostic {
  if (bytes.length > limit) return tooLarge(path, limit);
  if (isUtf8(bytes)) {
    // A byte order mark is dropped here; every offset counts from behind it.
    return { path, text: new TextDecoder().decode(bytes) };
  }
  const text = new TextDecoder().decode(bytes);
  const start = firstBadCharacter(bytes);
  return {
    code: 'file-not-utf8',
    severity: 'error',
    message: 'this file is not UTF-8 text',
    hint: bytes[0] === 0xff || bytes[0] === 0xfe ? 'it looks like UTF-16: save it as UTF-8' : 'save it as UTF-8',
    place: { file: { path, text }, range: { start, end: start + 1 } },
  };
}

/** The offset, in the text that a forgiving decoder makes, of the first character that stands for bad bytes. */
function firstBadCharacter(bytes: Uint8Array): number {
  let start = 0;
  for (;;) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline + 1;
    if (!isUtf8(bytes.subarray(start, end))) {
      const before = new TextDecoder().decode(bytes.subarray(0, start)).length;
      const line = new TextDecoder('utf-8', { ignoreBOM: start > 0 }).decode(bytes.subarray(start, end));
      return before + line.indexOf('\ufffd');
    }
    start = end;
  }
}

export function tooLarge(path: string, limit: number): Diagnostic {
  const hint = 'split it: the files of a set are read together';
  return fileProblem('file-too-large', path, `this file is larger than ${limit} bytes`, { hint });
}
