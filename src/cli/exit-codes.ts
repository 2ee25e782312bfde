/** What the process ends with; scripts rely on these, so a meaning never moves to another number. */
export const exitCodes = {
  /** Done, or nothing to do. */
  done: 0,
  unexpected: 1,
  /** Changes, drift or trouble are present; only where a flag asked for it. */
  changes: 2,
  invalid: 3,
  /** Caddy, or the daemon that was asked for its status, is not reachable, not authorised, or too old. */
  unreachable: 4,
  /** Someone else changed it or owns it. */
  conflict: 5,
  /** Caddy rejected the config; nothing changed. */
  rejected: 6,
  /** Checks failed; after a push: rolled back. */
  checksFailed: 7,
  /** A person is needed. */
  rollbackFailed: 8,
  /** A guard said no, or whoever was asked at the prompt. */
  refused: 9,
  usage: 64,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
