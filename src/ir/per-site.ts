import { oncePer } from '../once-per.ts';
import type { Site } from './model.ts';

/** As `oncePer`, where what is made of a site depends on something else, too. */
export class PerSite<T> {
  readonly #madeOf = oncePer<Site, Map<string | number, T>>(() => new Map());

  /** `key`: all that it is made of beside the site. What is given must never be changed. */
  of(site: Site, key: string | number, make: () => T): T {
    const known = this.#madeOf(site);
    const found = known.get(key);
    if (found !== undefined) return found;
    // A site stands on a few servers; more keys are those of other targets.
    if (known.size === MOST_KEYS) known.clear();
    const made = make();
    known.set(key, made);
    return made;
  }
}

const MOST_KEYS = 8;
