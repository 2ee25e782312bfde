/** What every row is given. */
export interface BenchContext {
  readonly caddyPath: string;
  /** How many sites, or paths of one site. */
  readonly sizes: readonly number[];
  /** How often each is measured, in turns. */
  readonly rounds: number;
  readonly say: (line: string) => void;
}

export interface BenchResult {
  /** What is compared, in a sentence. */
  readonly about: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Every single figure, for the JSON. */
  readonly raw: unknown;
}

export type BenchRow = (context: BenchContext) => Promise<BenchResult>;
