import { isJsonObject, type JsonValue } from '../caddy/json.ts';
import type { AdminFailure } from './errors.ts';
import type { Reply } from './transport.ts';

/** What an answer other than 2xx means for a call. Caddy's own refusals are JSON, `{"error": "…"}`. */
export function refusalOf(reply: Reply): AdminFailure {
  const reason = caddysReason(reply);
  if (reply.status === 401 || reply.status === 403)
    return { kind: 'unauthorised', reason: reason ?? `HTTP ${reply.status}` };
  if (reason === undefined) return { kind: 'protocol', reason: `HTTP ${reply.status}${firstLine(reply.text)}` };
  if (reply.status === 412) return { kind: 'conflict' };
  // Caddy allows ten seconds for a body to arrive, and says so in this way. It has not looked at the config yet.
  if (/^reading request body: (?!http: request body too large)/.test(reason)) return { kind: 'not-applied', reason };
  return { kind: 'rejected', reason, panicked: false };
}

/** Caddy's error text, or undefined where the answer is not one of its admin API. */
export function caddysReason(reply: Reply): string | undefined {
  const value = parseJson(reply);
  return isJsonObject(value) && typeof value['error'] === 'string' ? value['error'] : undefined;
}

/** undefined where the answer is not JSON. */
export function parseJson(reply: Reply): JsonValue | undefined {
  if (!/^application\/json\b/.test(reply.headers['content-type'] ?? '')) return undefined;
  try {
    return JSON.parse(reply.text) as JsonValue;
  } catch {
    return undefined;
  }
}

export function isSuccess(reply: Reply): boolean {
  return reply.status >= 200 && reply.status < 300;
}

function firstLine(text: string): string {
  const line =
    text
      .trimStart()
      .split('\n', 1)[0]
      ?.replaceAll(/[^\x20-\x7e]/g, '?')
      .trim() ?? '';
  return line === '' ? '' : `: ${line.slice(0, 100)}`;
}
