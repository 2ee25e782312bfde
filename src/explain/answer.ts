import type { Route, Site, Upstream } from '../ir/model.ts';
import type { Origin } from '../ir/origin.ts';
import type { Raw } from '../policy/schema/handler.ts';
import type { HeaderRule } from '../policy/schema/headers.ts';

/** What becomes of one request. */
export interface Answer {
  /** The path as routes are compared with it: decoded, cleaned, its case as sent. Undefined where the target is none. */
  readonly path: string | undefined;
  /** The client's address as far as it is known, and as the site that answers asks for it. */
  readonly client: string | undefined;
  /** In order. Each but the last only holds where Caddy finds a condition to hold that only it can judge. Never empty. */
  readonly ways: readonly Way[];
  /** The other routes of the site that take this path, and why none of them gets the request; looked for when asked. */
  readonly losers: () => readonly Loser[];
}

/** A route that does not get a request, and why. */
export interface Loser {
  readonly route: Route;
  readonly why: string;
}

/** One way through Caddy. */
export interface Way {
  /** What only Caddy can tell and must hold for this way, and not for those before it. */
  readonly provided: readonly string[];
  /** The site that the host belongs to. */
  readonly site?: Site;
  /** The route that takes the request. */
  readonly route?: Route;
  /** What it passes, in order, up to what ends it. */
  readonly steps: readonly Step[];
  readonly end: End;
}

/** `depends`: only Caddy knows, by a secret, an auth service, a body or a counter; it ends with the status, or goes on. */
type Verdict = 'passes' | 'ends' | 'depends';

/** One thing that a request passes on its route. */
export interface Step {
  readonly kind:
    | 'headers'
    | 'cors'
    | 'allow_from'
    | 'deny_from'
    | 'rate_limit'
    | 'auth'
    | 'dot_segments'
    | 'max_body'
    | 'compress'
    | 'request_headers'
    | 'rewrite';
  readonly verdict: Verdict;
  /** In a few words, what is done or why it ends here; without the request's own texts where they could be secrets. */
  readonly says: string;
  /** What the client gets where it ends here: the error page's status, if there is one. */
  readonly refusal?: Refusal;
  /** What is said to the client with whatever answer it gets. */
  readonly headers?: readonly HeaderChange[];
  readonly origin?: Origin;
}

export interface HeaderChange {
  readonly name: string;
  readonly rule: HeaderRule;
  readonly origin?: Origin;
}

/** An error of Caddy's own, and what its site makes of it. */
export interface Refusal {
  /** What went wrong, before error pages. */
  readonly error: number;
  /** What the client gets. */
  readonly status: number;
  readonly body?: string;
  readonly location?: string;
  /** Of the error page. */
  readonly page?: Origin;
}

/** What answers. */
export type End =
  | { readonly kind: 'proxy'; readonly upstream: Upstream; readonly sees: Sees }
  | { readonly kind: 'respond'; readonly status: number; readonly body: string; readonly contentType?: string }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string; readonly toHttps: boolean }
  /** `rewrite` is what is looked for below the root. */
  | { readonly kind: 'files'; readonly root: string; readonly uri: string; readonly fallback?: string }
  | { readonly kind: 'raw'; readonly handlers: Raw }
  | { readonly kind: 'refused'; readonly by: RefusedBy; readonly refusal: Refusal }
  /** Nobody answers in HTTP: nothing listens there, or it speaks TLS. */
  | { readonly kind: 'unanswered'; readonly says: string };

type RefusedBy = Step['kind'] | 'deny' | 'no_route' | 'unknown_host' | 'bad_request' | 'no_path' | 'odd_host';

/** What the app gets. */
export interface Sees {
  readonly method: string;
  /** Path and query. */
  readonly uri: string;
  /** `{upstream}` stands for the address of the one that is chosen. */
  readonly host: string;
  /** Headers that are not as the client sent them; null where one is taken away. By name. */
  readonly headers: readonly SeenHeader[];
}

export interface SeenHeader {
  readonly name: string;
  /** `{…}` stands for what only the auth service knows. */
  readonly value: string | null;
  readonly origin?: Origin;
}
