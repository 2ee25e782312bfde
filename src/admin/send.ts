import type { AdminFailure } from './errors.ts';
import type { Live, Reloads, Scope } from './port.ts';
import { isSuccess, refusalOf } from './reply.ts';
import type { Call } from './transport.ts';
import { MAX_TEXT_BYTES, type Wire } from './wire.ts';

interface Payload {
  readonly scope: Scope;
  readonly body: string;
  readonly force: boolean;
}

/** One write with all that is needed to find out what became of it. */
export interface Write extends Payload {
  readonly base: Live;
  /** As told before the write, undefined where Caddy does not tell. */
  readonly reloadsBefore: Reloads | undefined;
}

export type Sent =
  | { readonly kind: 'done' }
  /** Certainly not done. */
  | { readonly kind: 'refused'; readonly failure: AdminFailure }
  | { readonly kind: 'unknown'; readonly reason: string };

/** `etag` says what must still be there; that of the base for a first try. */
export function send(wire: Wire, write: Payload, etag: string): Promise<Sent> {
  return change(wire, {
    // A config that is null as a whole takes only PUT, which in turn fails where the key exists, be it null.
    method: etag.startsWith('"/config/ ') ? 'PUT' : 'POST',
    path: `/config/${write.scope}`,
    headers: {
      'content-type': 'application/json',
      'if-match': etag,
      ...(write.force ? { 'cache-control': 'must-revalidate' } : {}),
    },
    body: write.body,
    maxBytes: MAX_TEXT_BYTES,
  });
}

export async function change(wire: Wire, call: Call): Promise<Sent> {
  const attempt = await wire.transport(call);
  if (!attempt.ok) {
    return attempt.sent
      ? { kind: 'unknown', reason: reasonOf(attempt.failure) }
      : { kind: 'refused', failure: attempt.failure };
  }
  // Caddy says yes with an empty body. Anything else comes from something between, which may or may not have handed it on.
  if (isSuccess(attempt.reply)) {
    return attempt.reply.text === '' ? { kind: 'done' } : { kind: 'unknown', reason: "the answer is not Caddy's" };
  }
  const failure = refusalOf(attempt.reply);
  return failure.kind === 'protocol' ? { kind: 'unknown', reason: failure.reason } : { kind: 'refused', failure };
}

function reasonOf(failure: AdminFailure): string {
  if (failure.kind === 'timeout') return `no answer within ${failure.milliseconds} ms`;
  return 'reason' in failure ? failure.reason : failure.kind;
}
