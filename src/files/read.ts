import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../diagnostics/position.ts';
import { findFiles } from './find.ts';
import { fileProblem, systemReason } from './problem.ts';
import { readSettled } from './settle.ts';

/** Bounds of one reading: bytes of one file, and files. */
export interface ReadLimits {
  readonly bytes: number;
  readonly files: number;
}

export const readLimits: ReadLimits = { bytes: 1024 * 1024, files: 10_000 };

/** How the text from standard input is called in diagnostics. */
const standardInput = '<stdin>';

export interface Sources {
  readonly sources: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
}

// Few enough to stay far from any limit on open files, enough to keep a disk busy.
const readers = 16;

/**
 * Reads the policies at and below `paths`; `-` is `stdin`. Sorted by the bytes of their paths, standard input first.
 * Whatever could not be read is a diagnostic with an error, never left out in silence: a set that lacks a file would take
 * its sites down. A file that somebody is writing is waited for, at most a second. Never rejects for the state of a file.
 */
export async function readSources(
  paths: readonly string[],
  { stdin, limits = readLimits }: { readonly stdin: AsyncIterable<Uint8Array | string>; readonly limits?: ReadLimits },
): Promise<Sources> {
  const found = await findFiles(
    paths.filter((path) => path !== '-'),
    limits.files,
  );
  const results: (SourceFile | Diagnostic)[] = [];
  if (paths.includes('-')) {
    results.push(await readStandardInput(stdin, limits.bytes));
  }
  const first = results.length;
  let next = 0;
  const reader = async (): Promise<void> => {
    for (let index = next++; index < found.files.length; index = next++) {
      const { path = '', real = '' } = found.files[index] ?? {};
      const result = await readOne(path, limits.bytes);
      results[first + index] = 'text' in result ? { ...result, real } : result;
    }
  };
  await Promise.all(Array.from({ length: readers }, reader));
  return {
    sources: results.filter((each) => 'text' in each),
    diagnostics: [...found.diagnostics, ...results.filter((each) => 'code' in each)],
  };
}

async function readOne(path: string, limit: number): Promise<SourceFile | Diagnostic> {
  let handle: FileHandle | undefined;
  try {
    // Not blocking: opening a FIFO waits for its other end otherwise, and what was a file a moment ago may be one now.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await handle.stat();
    if (!stats.isFile()) {
      const hint = 'give a regular file, or pipe the text in and name `-`';
      return fileProblem('file-not-regular', path, 'this is not a regular file', { hint });
    }
    const opened = handle;
    const bytes = await readSettled(opened, async () => await readUpTo(opened, limit + 1, stats.size));
    if (bytes === undefined) {
      const hint = 'try again when it is complete';
      return fileProblem('file-changing', path, 'this file is being written without a pause', { hint });
    }
    return decode(path, bytes, limit);
  } catch (error) {
    return fileProblem('file-unreadable', path, `this file cannot be read: ${systemReason(error)}`);
  } finally {
    await handle?.close();
  }
}

/** From the file's begin. The size is only where to start: files in /proc say 0, and a file may grow while it is read. */
async function readUpTo(handle: FileHandle, limit: number, size: number): Promise<Uint8Array> {
  let buffer = Buffer.allocUnsafe(Math.min(limit, size + 1));
  let length = 0;
  while (length < limit) {
    if (length === buffer.length) {
      buffer = Buffer.concat([buffer], Math.min(limit, length * 2));
    }
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) {
      break;
    }
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

async function readStandardInput(
  stdin: AsyncIterable<Uint8Array | string>,
  limit: number,
): Promise<SourceFile | Diagnostic> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stdin) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      chunks.push(bytes);
      length += bytes.length;
      if (length > limit) {
        break;
      }
    }
  } catch (error) {
    return fileProblem('file-unreadable', standardInput, `standard input cannot be read: ${systemReason(error)}`);
  }
  return decode(standardInput, Buffer.concat(chunks), limit);
}

function decode(path: string, bytes: Uint8Array, limit: number): SourceFile | Diagnostic {
  if (bytes.length > limit) {
    const hint = 'split it: the files of a set are read together';
    return fileProblem('file-too-large', path, `this file is larger than ${limit} bytes`, { hint });
  }
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
