import type { Surroundings } from '../explain/explainer.ts';
import type { Model } from '../ir/model.ts';

/** One side of a comparison. */
export interface Policies {
  readonly model: Pick<Model, 'sites'>;
  readonly surroundings: Surroundings;
}
