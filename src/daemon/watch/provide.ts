import type { Target } from '../../caddy/target.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Model } from '../../ir/model.ts';

/** What a Caddy of our own is given for its policies before they reach it. */
export interface Provided {
  /** The same object as long as nothing in it changed. */
  readonly target: Target;
  /** With an error among them nothing is pushed. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Sees to places to listen at and to secrets. Gives the same again for the same model. */
export type Provide = (model: Model) => Promise<Provided>;
