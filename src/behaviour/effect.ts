/** One thing that can be noticed of an answer. */
export interface Effect {
  /** What this client or app gets, to be compared. */
  readonly seen: string;
  /** The rule behind it, in a few words. */
  readonly says: string;
}
