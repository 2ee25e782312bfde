import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { suggester } from '../diagnostics/suggest.ts';
import type { Layer } from './layers.ts';
import type { PolicySet } from './merge.ts';
import { foreignHint, named, writable } from './names.ts';
import { placeOf, within } from './origin.ts';

/** Presets that use presets that use presets: deeper is a mistake, or meant to take for ever. */
const MOST_NESTED = 16;

/** Finds what `use` names. Each preset is unfolded once, and stands once in what it unfolds to, so that no set of them explodes. */
export class PresetBook {
  readonly #set: Pick<PolicySet, 'presets' | 'names'>;
  readonly #report: (found: Diagnostic) => void;
  readonly #unfolded = new Map<string, readonly Layer[]>();
  readonly #suggest = suggester();

  constructor(set: Pick<PolicySet, 'presets' | 'names'>, report: (found: Diagnostic) => void) {
    this.#set = set;
    this.#report = report;
  }

  /** The presets that `use` names, in order, each after those that it uses itself. */
  layersOf(user: Layer): Layer[] {
    return this.#layersOf(user, []);
  }

  #layersOf({ value, origin }: Layer, open: readonly string[]): Layer[] {
    const layers = (value.use ?? []).flatMap((name, index) => this.#named(name, within(origin, 'use', index), open));
    // What stands again nearer says all of it again, so the last of equals is enough.
    return [...new Set(layers.toReversed())].toReversed();
  }

  #named(name: string, origin: Layer['origin'], open: readonly string[]): readonly Layer[] {
    const { presets, names } = this.#set;
    const found = named(presets, names, name, origin.file);
    if (found === undefined) {
      const known = writable(presets, names, origin.file);
      const meant = this.#suggest(name, known);
      const hint = meant
        ? `did you mean \`${meant}\`?`
        : (foreignHint(presets, name) ?? `there are: ${known.slice(0, 20).join(', ')}`);
      return this.#refuse('unknown-preset', `there is no preset "${name}"`, hint, origin);
    }
    const { kept, value: preset } = found;
    const known = this.#unfolded.get(kept);
    if (known !== undefined) return known;
    const way = [...open, kept];
    const hint = 'take one of them out of "use"';
    if (open.includes(kept)) {
      return this.#refuse('preset-cycle', `the preset "${name}" uses itself: ${way.join(' → ')}`, hint, origin);
    }
    if (way.length > MOST_NESTED) {
      return this.#refuse(
        'preset-depth',
        `presets use each other more than ${MOST_NESTED} deep: ${way.join(' → ')}`,
        hint,
        origin,
      );
    }
    const unfolded = [...this.#layersOf(preset, way), preset];
    this.#unfolded.set(kept, unfolded);
    return unfolded;
  }

  #refuse(code: string, message: string, hint: string, origin: Layer['origin']): readonly Layer[] {
    this.#report({ code, severity: 'error', message, hint, place: placeOf(origin) });
    return [];
  }
}
