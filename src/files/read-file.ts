import type { FileHandle } from 'node:fs/promises';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../diagnostics/position.ts';
import { decode, tooLarge } from './decode.ts';
import { openInside, openNamed } from './open-inside.ts';
import type { KnownFiles } from './known-files.ts';
import type { FoundFile } from './policy-file.ts';
import { fileProblem, systemReason } from './problem.ts';
import type { Root } from './roots.ts';
import { readSettled } from './settle.ts';
import { leadsOut } from './walk.ts';

/** Reads one file of at most `limit` bytes, once nobody writes to it any more. Never rejects for the state of a file. */
export async function readPolicyFile(
  file: FoundFile,
  roots: readonly Root[],
  limit: number,
  known?: KnownFiles,
): Promise<SourceFile | Diagnostic> {
  return known?.find(file) ?? (await readAnew(file, roots, limit, known));
}

async function readAnew(
  { path, real, isNamed }: FoundFile,
  roots: readonly Root[],
  limit: number,
  known: KnownFiles | undefined,
): Promise<SourceFile | Diagnostic> {
  let handle: FileHandle | undefined;
  try {
    const opened = isNamed ? { handle: await openNamed(path), real } : await openInside(path, roots);
    if (opened === undefined) return leadsOut(path);
    handle = opened.handle;
    const stats = await handle.stat();
    if (!stats.isFile()) {
      const hint = 'give a regular file, or pipe the text in and name `-`';
      return fileProblem('file-not-regular', path, 'this is not a regular file', { hint });
    }
    if (stats.size > limit) return tooLarge(path, limit);
    const bytes = await readSettled(handle, async () => await readUpTo(opened.handle, limit + 1, stats.size));
    if (bytes === undefined) {
      const hint = 'try again when it is complete';
      return fileProblem('file-changing', path, 'this file is being written without a pause', { hint });
    }
    const result = decode(path, bytes, limit);
    if (!('text' in result)) return result;
    const source = { ...result, real: opened.real };
    known?.keep(source, stats);
    return source;
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
