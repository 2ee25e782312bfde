import type { Policies } from '../behaviour/policies.ts';
import type { History } from '../history/history.ts';
import type { Input } from '../history/inputs.ts';

/** What a plan rests on beside what Caddy runs. */
export interface PlanBasis {
  readonly owner: string;
  /** Where the admin API is. */
  readonly caddy: string;
  /** The config that the policies come to. */
  readonly revision: string;
  readonly inputs: readonly Input[];
  /** What they mean; undefined where a config is pushed that was made before. */
  readonly policies: Policies | undefined;
  readonly history: History;
}
