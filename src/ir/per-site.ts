import type { Site } from './model.ts';

/**
 * Remembers what was made of a site, as long as the site lives: where a set is compiled again, a site that says what it said
 * is the very object that it was.
 */
export class PerSite<T> {
  readonly #made = new WeakMap<Site, Map<string | number, T>>();

  /** `key`: all that it is made of beside the site. What is given must never be changed. */
  of(site: Site, key: string | number, make: () => T): T {
    const known = this.#made.get(site) ?? new Map<string | number, T>();
    const found = known.get(key);
    if (found !== undefined) return found;
    // A site stands on a few servers; more keys are those of other targets.
    if (known.size === MOST_KEYS) known.clear();
    const made = make();
    known.set(key, made);
    this.#made.set(site, known);
    return made;
  }
}

const MOST_KEYS = 8;
