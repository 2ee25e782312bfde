/** An executable that was run and found to be a Caddy that is new enough. */
export interface CheckedCaddy {
  readonly path: string;
  readonly version: string;
}

export interface WayContext {
  /** A new folder of this way's own; it is removed afterwards, whatever happens. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Takes one line for the operator. */
  readonly say: (line: string) => void;
  /** Throws with a reason if the file is not a Caddy that will do. */
  readonly check: (path: string) => Promise<CheckedCaddy>;
  readonly signal?: AbortSignal | undefined;
}

/** One way of getting a Caddy onto this machine. */
export interface Way {
  /** Completes "obtained … NAME" and "not NAME": `by apt`. */
  readonly name: string;
  /** Leaves a checked Caddy somewhere in the folder. Throws an Error whose message says in one line why it cannot. */
  readonly bring: (context: WayContext) => Promise<CheckedCaddy>;
}
