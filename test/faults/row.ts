import type { Random } from '../support/random.ts';

/** One kind of fault, done again and again to a real caddyctl beside a real Caddy. */
export interface Row {
  /** For `--rows`. */
  readonly name: string;
  readonly fault: string;
  readonly mustHold: string;
  /** It takes half an hour, and is played where it is asked for. */
  readonly isLong?: true;
  /** Rejects where the fault could not be done or something never came: that is a broken row, too. */
  run(context: Context): Promise<Figures>;
}

export interface Context {
  readonly caddyPath: string;
  /** Of the long mode. */
  readonly minutes: number;
  /** So many, times `--rounds-factor`; at least one. */
  rounds(count: number): number;
  /** The same for the same seed and words. */
  random(...words: readonly (string | number)[]): Random;
  /** For who waits. */
  note(line: string): void;
}

export interface Figures {
  /** What was done, and how often. */
  readonly did: string;
  /** What came of it. */
  readonly held: string;
  /** What did not hold, a sentence each. */
  readonly broken: readonly string[];
  /** Why a part of it was not done; it counts as neither held nor broken. */
  readonly skipped?: readonly string[];
  readonly raw: Readonly<Record<string, unknown>>;
}
