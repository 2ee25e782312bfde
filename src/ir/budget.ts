import type { Names } from './names.ts';
import type { Origin } from './origin.ts';
import type { Owner } from './owners/owners.ts';

/**
 * How much a policy set may unfold to: a site's settings hold for each of its routes, so a file of a mebibyte can say a
 * hundred million. About as many are in 10,000 sites of ten routes with ten headers each.
 */
const MOST_SETTINGS = 2_000_000;

/** Counts what routes unfold to. What many routes share is weighed once. */
export class Budget {
  readonly most: number;
  #left: number;
  readonly #weights = new WeakMap<object, number>();

  constructor(most = MOST_SETTINGS) {
    this.most = most;
    this.#left = most;
  }

  get left(): number {
    return this.#left;
  }

  get isSpent(): boolean {
    return this.#left < 0;
  }

  /** Whether there was so much left. */
  spend(amount: number): boolean {
    this.#left -= amount;
    return !this.isSpent;
  }

  /** The number of values in a value; routes within do not count, for they are asked for themselves. */
  weigh(value: unknown): number {
    if (typeof value !== 'object' || value === null) return 1;
    const known = this.#weights.get(value);
    if (known !== undefined) return known;
    let weight = 1;
    if (Array.isArray(value)) for (const each of value) weight += this.weigh(each);
    else for (const key in value) if (key !== 'routes' && key !== 'checks') weight += this.weigh(value[key as never]);
    this.#weights.set(value, weight);
    return weight;
  }
}

/** A budget for each owner, so that none can use up another's; what one file says is of one owner. */
export class Budgets {
  readonly #names: Names;
  readonly #known = new Map<Owner | undefined, Budget>();

  constructor(names: Names) {
    this.#names = names;
  }

  of({ file }: Origin): Budget {
    const owner = this.#names.ownerOf(file);
    const known = this.#known.get(owner) ?? new Budget(Math.floor(MOST_SETTINGS / this.#names.owners));
    this.#known.set(owner, known);
    return known;
  }

  get isAnySpent(): boolean {
    return [...this.#known.values()].some(({ isSpent }) => isSpent);
  }
}
