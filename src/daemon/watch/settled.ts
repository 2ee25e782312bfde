import type { CaddyConfig } from '../../caddy/translate.ts';
import type { Input } from '../../history/inputs.ts';

/** What Caddy ran at the end of a pass that went well: what drift is told from, and what is put back. */
export interface Settled {
  readonly revision: string;
  readonly config: CaddyConfig;
  /** The files that it was made from. */
  readonly inputs: readonly Input[];
  /**
   * `history`: from an earlier run. Whether Caddy was to stay like that is not known then: it is put back only where there is
   * nothing of ours.
   */
  readonly from: 'here' | 'history';
  /** Of what others have in this Caddy; undefined until it was looked at. */
  readonly foreign?: string;
  /** The pulse's. */
  readonly epoch: number;
}
