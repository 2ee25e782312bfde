import type { Complaint } from './health.ts';

/** What is answered to one request. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n`, headers };
}

/** An error that tells what to do instead. */
export function refusal(status: number, complaint: Complaint, headers: Readonly<Record<string, string>> = {}): Answer {
  return jsonAnswer(status, { error: complaint }, headers);
}
