import { fileLook, type FileLook, isSameLook } from '../files/file-look.ts';
import type { StoredEntry } from './entry.ts';
import type { Input } from './inputs.ts';

/** What was read of an entry: itself, or what is wrong with it. */
export interface Found {
  readonly entry?: StoredEntry;
  readonly problem?: string;
}

/**
 * Entries that were read before. Each is written once, under a name of its own, so a file that looks as it did is the same;
 * at ten thousand sites reading them all again at each pass would cost more than the pass.
 */
export class KnownEntries {
  readonly #known = new Map<string, Found & { readonly look: FileLook }>();
  #inputs = new Map<string, Input>();

  find(name: string, now: FileLook): Found | undefined {
    const known = this.#known.get(name);
    return known !== undefined && isSameLook(known.look, now) ? known : undefined;
  }

  keep(name: string, look: FileLook, found: Found): Found {
    const { entry } = found;
    const kept = entry === undefined ? found : { entry: { ...entry, inputs: this.#shared(entry.inputs) } };
    this.#known.set(name, { ...kept, look: fileLook(look) });
    return kept;
  }

  /** Forgets the others. */
  only(names: readonly string[]): void {
    const still = new Set(names);
    for (const name of this.#known.keys()) if (!still.has(name)) this.#known.delete(name);
  }

  /** Two entries have most of their inputs in common. */
  #shared(inputs: readonly Input[]): readonly Input[] {
    if (this.#inputs.size > MOST_INPUTS) this.#inputs = new Map();
    return inputs.map((input) => {
      const key = `${input.sha256} ${input.path}`;
      const known = this.#inputs.get(key) ?? input;
      this.#inputs.set(key, known);
      return known;
    });
  }
}

const MOST_INPUTS = 20_000;
