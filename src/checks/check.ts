import type { Origin } from '../ir/origin.ts';
import type { DerivedCheck } from '../policy/schema/check.ts';

/** One thing that must hold of what Caddy serves, and how to ask. Data alone: running it is for `run.ts`. */
export interface Check {
  /** Stable from one revision to the next: the same question of the same site has the same id. Unique in a set. */
  readonly id: string;
  /** Under which a policy turns it off; `written` for a site's own. */
  readonly name: DerivedCheck | 'written';
  /** The host, as the policy names it. */
  readonly site: string;
  /** What must hold, in a few words. */
  readonly says: string;
  /** The policy line that it comes from. */
  readonly origin: Origin;
  readonly probe: Probe;
}

export type Probe =
  | { readonly kind: 'answer'; readonly to: Listener; readonly asks: readonly Ask[]; readonly expects: Expectation }
  /** First bytes before the end, and nothing that holds them back. */
  | { readonly kind: 'events'; readonly to: Listener; readonly ask: Ask; readonly named: boolean }
  | { readonly kind: 'websocket'; readonly to: Listener; readonly ask: Ask; readonly named: boolean }
  /** The name and the dates; with `chain`, who signed it. */
  | { readonly kind: 'certificate'; readonly to: Listener; readonly chain?: 'internal' | 'files' | 'public' }
  | { readonly kind: 'protocol'; readonly to: Listener; readonly protocol: 'h2' }
  /** A connection without a client certificate must be of no use. */
  | { readonly kind: 'shut-out'; readonly to: Listener; readonly ask: Ask }
  /** What cannot be asked, and why: said, and never counted as passed. */
  | { readonly kind: 'none'; readonly reason: string };

/** Where a request arrives, and as whose. */
export interface Listener {
  /** As policies and ports name it: `:443`, `127.0.0.1:8480`, `unix//run/site.sock`. */
  readonly at: string;
  readonly tls: boolean;
  /** The name in the handshake. */
  readonly serverName: string;
  readonly http: 1 | 2;
}

export interface Ask {
  readonly method: string;
  /** Path and query as they are sent. */
  readonly target: string;
  readonly host: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A length that is announced, and of which no byte is sent. */
  readonly announces?: number;
  /** A body of so many bytes, really sent. */
  readonly sends?: number;
  readonly credential?: Credential;
}

/** A secret of caddyctl's own environment. It is sent to Caddy, and printed nowhere. */
export type Credential =
  | { readonly kind: 'bearer'; readonly variable: string; readonly needed: boolean }
  | { readonly kind: 'basic'; readonly user: string; readonly variable: string; readonly needed: boolean }
  /** The value of a key that stands empty in the query. */
  | { readonly kind: 'query'; readonly key: string; readonly variable: string; readonly needed: boolean };

export interface Expectation {
  readonly status?: StatusRule;
  readonly headers?: readonly HeaderExpectation[];
  readonly body?: { readonly contains: string } | { readonly is: string };
}

/** One of these; or one of these hundreds; or any but these. */
export type StatusRule =
  | { readonly oneOf: readonly number[] }
  | { readonly hundreds: readonly number[] }
  | { readonly not: readonly number[] };

export interface HeaderExpectation {
  readonly name: string;
  readonly rule:
    | { readonly kind: 'once'; readonly value: string }
    | { readonly kind: 'one of them'; readonly value: string }
    | { readonly kind: 'absent' }
    | { readonly kind: 'there' }
    | { readonly kind: 'contains'; readonly text: string }
    | { readonly kind: 'lacks'; readonly text: string };
  /** The policy line that sets it, where that is not the check's. */
  readonly origin?: Origin;
}
