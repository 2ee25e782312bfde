/**
 * How much a policy set may unfold to: a site's settings hold for each of its routes, so a file of a mebibyte can say a
 * hundred million. About as many are in 10,000 sites of ten routes with ten headers each.
 */
export const MOST_SETTINGS = 2_000_000;

/** Counts what routes unfold to. What many routes share is weighed once. */
export class Budget {
  #left = MOST_SETTINGS;
  readonly #weights = new WeakMap<object, number>();

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
