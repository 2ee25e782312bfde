import { OLDEST_SUPPORTED } from '../caddy/capabilities.ts';

/** Everything that can go wrong with the admin API. `reason` is a clause in an operator's words or Caddy's own text. */
export type AdminFailure =
  /** No connection, or one that broke off at each try to read. `tls`: the certificates are the trouble. */
  | { readonly kind: 'unreachable'; readonly reason: string; readonly tls?: boolean }
  /** No answer in time to a call that changes nothing. `busy`: Caddy still answers `/metrics`, so it is loading a config. */
  | { readonly kind: 'timeout'; readonly milliseconds: number; readonly busy: boolean }
  | { readonly kind: 'unauthorised'; readonly reason: string }
  /**
   * Caddy does not take this config and keeps serving the one before: do not send it again as it is.
   * `reason` is Caddy's first error. `restoreProblem`: the config before could not be put back in force, where that is needed.
   */
  | {
      readonly kind: 'rejected';
      readonly reason: string;
      readonly panicked: boolean;
      readonly restoreProblem?: string | undefined;
    }
  /** Someone else changed the scope since `base` was read. Read and plan again. */
  | { readonly kind: 'conflict' }
  /** The write broke off and Caddy still has the config before it, twice. May be tried again. */
  | { readonly kind: 'not-applied'; readonly reason: string }
  /** The write broke off and Caddy could not be asked, within patience, what it made of it. */
  | { readonly kind: 'unknown-outcome'; readonly reason: string }
  | { readonly kind: 'too-old' }
  /** What answers is no Caddy admin API, or not as one. */
  | { readonly kind: 'protocol'; readonly reason: string };

export type AdminFailureKind = AdminFailure['kind'];

/** `message` is one sentence for an operator without a full stop, `hint` says what to do. */
export class AdminError extends Error {
  override readonly name = 'AdminError';
  readonly address: string;
  readonly failure: AdminFailure;
  readonly hint: string;

  constructor(address: string, failure: AdminFailure) {
    super(messageOf(address, failure));
    this.address = address;
    this.failure = failure;
    this.hint = hintOf(failure);
  }

  get kind(): AdminFailureKind {
    return this.failure.kind;
  }
}

function messageOf(address: string, failure: AdminFailure): string {
  switch (failure.kind) {
    case 'unreachable':
      return `cannot reach Caddy's admin API at ${address}: ${failure.reason}`;
    case 'timeout':
      return failure.busy
        ? `Caddy at ${address} was still busy, probably loading a config, after ${failure.milliseconds} ms`
        : `Caddy's admin API at ${address} gave no answer within ${failure.milliseconds} ms`;
    case 'unauthorised':
      return `Caddy's admin API at ${address} does not let us in: ${failure.reason}`;
    case 'rejected': {
      const restored =
        failure.restoreProblem === undefined
          ? ''
          : `; the config before could not be put back: ${failure.restoreProblem}`;
      return `Caddy at ${address} rejected the config: ${failure.reason}${restored}`;
    }
    case 'conflict':
      return `someone else changed the config of Caddy at ${address} while we were about to write`;
    case 'not-applied':
      return `Caddy at ${address} did not take the config and still has the one before: ${failure.reason}`;
    case 'unknown-outcome':
      return `it is unknown whether Caddy at ${address} took the config: ${failure.reason}`;
    case 'too-old':
      return `Caddy at ${address} is older than ${OLDEST_SUPPORTED}: such a Caddy goes on serving configs that it has rejected`;
    case 'protocol':
      return `what answers at ${address} does not behave like Caddy's admin API: ${failure.reason}`;
    default:
      return unreachable(failure);
  }
}

function hintOf(failure: AdminFailure): string {
  switch (failure.kind) {
    case 'unreachable':
      return failure.tls === true
        ? 'look at --ca, --cert and --key, and at the host name in --admin'
        : 'start Caddy, or say where its admin API listens with --admin';
    case 'timeout':
      return failure.busy
        ? 'wait until Caddy has loaded, then try again'
        : 'look whether Caddy hangs; its log may tell';
    case 'unauthorised':
      return "look at the admin block of Caddy's config: origins, enforce_origin, remote.access_control; for https also at --cert, --key and --ca";
    case 'rejected':
      if (failure.restoreProblem !== undefined) return 'restart Caddy: it may be serving parts of the rejected config';
      return failure.panicked
        ? "Caddy's log has the trace; it is a bug in Caddy or in a module"
        : "the message is Caddy's own and names the place";
    case 'conflict':
      return 'nothing was overwritten; run the command again to plan against what is there now';
    case 'not-applied':
      return 'nothing changed; try again';
    case 'unknown-outcome':
      return 'look whether Caddy runs and what its log says; a restart makes sure';
    case 'too-old':
      return 'install Caddy 2.11';
    case 'protocol':
      return 'look whether the address and the scheme (http or https) are those of Caddy, and what stands between';
    default:
      return unreachable(failure);
  }
}

function unreachable(failure: never): never {
  throw new Error(`unknown failure: ${JSON.stringify(failure)}`);
}
