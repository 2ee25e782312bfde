import type { Complaint } from './health.ts';

/** What is answered to one request. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** A list of values is as many header lines. */
  readonly headers?: Headers;
}

type Headers = Readonly<Record<string, string | string[]>>;

export function jsonAnswer(status: number, value: unknown, headers: Headers = {}): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n`, headers };
}

/** An error that tells what to do instead. */
export function refusal(status: number, complaint: Complaint, headers: Headers = {}): Answer {
  return jsonAnswer(status, { error: complaint }, headers);
}
