import { lstatSync, type Stats } from 'node:fs';
import type { SourceFile } from '../diagnostics/position.ts';
import { fileLook, type FileLook, isSameLook } from './file-look.ts';
import type { FoundFile } from './policy-file.ts';

/**
 * Texts that were read before, of files that look as they did. Of a thousand files one has changed, and opening the others would take most of a pass. Not for the disk of a network, where
 * another machine's clock tells the time.
 */
export class KnownFiles {
  #before = new Map<string, { readonly look: FileLook; readonly source: SourceFile }>();
  #now = new Map<string, { readonly look: FileLook; readonly source: SourceFile }>();

  readonly #clock: () => number;

  /** `clock`: milliseconds since 1970. */
  constructor(clock: () => number = Date.now) {
    this.#clock = clock;
  }

  /** Begins a reading: what the last one did not meet is forgotten. */
  begin(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }

  /** The very file that was read under this path, if nothing about it is new. */
  find({ path, real }: FoundFile): SourceFile | undefined {
    const known = this.#before.get(path);
    // Where it lies says whose it is, and a folder above may have been renamed.
    if (known?.source.real !== real) return undefined;
    const now = lookNow(real);
    if (now === undefined || !isSameLook(known.look, now)) return undefined;
    this.#now.set(path, known);
    return known.source;
  }

  /** `look`: of the open file, the same before it was read and after. */
  keep(source: SourceFile, look: FileLook): void {
    // So soon after a write another one might leave no trace.
    if (this.#clock() - look.ctimeMs < OLD_ENOUGH) return;
    this.#now.set(source.path, { look: fileLook(look), source });
  }
}

/** In place: by a thread of the pool it takes ten times as long, and the watcher has just looked here. */
function lookNow(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Milliseconds: far more than the step by which any system's clock for files goes on. */
const OLD_ENOUGH = 3_000;
