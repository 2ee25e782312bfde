import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../diagnostics/position.ts';
import { decode } from './decode.ts';
import { type FindLimits, findFiles } from './find.ts';
import { fileProblem, systemReason } from './problem.ts';
import type { KnownFiles } from './known-files.ts';
import { readPolicyFile } from './read-file.ts';

/** Bounds of one reading. */
export interface ReadLimits extends FindLimits {
  /** Of one file, and of all together. */
  readonly bytes: number;
  readonly allBytes: number;
}

export const readLimits: ReadLimits = {
  bytes: 1024 * 1024,
  allBytes: 64 * 1024 * 1024,
  files: 10_000,
  entries: 100_000,
};

/** How the text from standard input is called in diagnostics. */
const standardInput = '<stdin>';

export interface Sources {
  readonly sources: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ReadOptions {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly limits?: ReadLimits;
  /** For one who reads again and again. */
  readonly known?: KnownFiles | undefined;
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
  { stdin, limits = readLimits, known }: ReadOptions,
): Promise<Sources> {
  known?.begin();
  const found = await findFiles(
    paths.filter((path) => path !== '-'),
    limits,
  );
  const results: (SourceFile | Diagnostic)[] = [];
  if (paths.includes('-')) {
    results.push(await readStandardInput(stdin, limits.bytes));
  }
  const first = results.length;
  let next = 0;
  let held = results.reduce((sum, result) => sum + bytesOf(result), 0);
  const reader = async (): Promise<void> => {
    for (let file = found.files[next++]; file !== undefined && held <= limits.allBytes; file = found.files[next++]) {
      const index = first + next - 1;
      const result = await readPolicyFile(file, found.roots, limits.bytes, known);
      results[index] = result;
      held += bytesOf(result);
    }
  };
  await Promise.all(Array.from({ length: readers }, reader));
  if (held > limits.allBytes) {
    const message = `the files are larger than ${limits.allBytes} bytes together`;
    const hint = 'name the folders that are meant';
    return { sources: [], diagnostics: [fileProblem('files-too-large', paths.join(' '), message, { hint })] };
  }
  return {
    sources: results.filter((each) => 'text' in each),
    diagnostics: [...found.diagnostics, ...results.filter((each) => 'code' in each)],
  };
}

/** What is held of a file: a text that is not UTF-8 is kept to be shown. */
function bytesOf(result: SourceFile | Diagnostic): number {
  return Buffer.byteLength('text' in result ? result.text : (result.place?.file.text ?? ''));
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
