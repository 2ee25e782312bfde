import type { Auth } from '../policy/schema/auth.ts';
import type { Check } from '../policy/schema/check.ts';
import type { Files, Raw, Redirect, Respond } from '../policy/schema/handler.ts';
import type { HeaderRule } from '../policy/schema/headers.ts';
import type { When } from '../policy/schema/matcher.ts';
import type { Cors, ErrorPage, LogRules, RateLimit } from '../policy/schema/modifiers.ts';
import type { Address } from '../policy/schema/network.ts';
import type { PathPattern } from '../policy/schema/path.ts';
import type { Service } from '../policy/schema/service.ts';
import type { SiteObject, TlsChoice } from '../policy/schema/site.ts';
import type { Origin, Traced } from './origin.ts';

/** What all policy files say together: merged, resolved and ordered, and nothing of Caddy in it yet. */
export interface Model {
  readonly email?: Traced<string>;
  readonly neverExpose: readonly Traced<number>[];
  readonly rawForbidden: boolean;
  /** In the order in which a request is offered to them: exact hosts before wildcards. */
  readonly sites: readonly Site[];
}

export interface Site {
  /** All exact, or all wildcards of one depth. */
  readonly hosts: readonly string[];
  readonly tls: Traced<TlsChoice>;
  readonly http: Traced<'redirect' | 'serve' | 'off'>;
  readonly protocols: Traced<readonly Protocol[]>;
  /** Empty for the usual ports. */
  readonly listen: readonly Traced<string>[];
  readonly tunnel?: Traced<NonNullable<SiteObject['tunnel']>>;
  readonly trustedProxies: Traced<readonly string[]>;
  readonly log: Traced<LogRules | false>;
  readonly checks: readonly Traced<Check>[];
  /** What stands for the whole site, and so for what no route takes. */
  readonly modifiers: Modifiers;
  /** The routes stand in the order written. */
  readonly listed: boolean;
  /** The first that matches takes the request. */
  readonly routes: readonly Route[];
  readonly origin: Origin;
}

export type Protocol = 'h1' | 'h2' | 'h3';

export interface Route {
  readonly pattern: PathPattern;
  /** All must hold. */
  readonly when: readonly When[];
  readonly modifiers: Modifiers;
  readonly handler: Handler;
  readonly origin: Origin;
}

/** What is said beside the handler, with every default, preset and inheritance resolved. */
export interface Modifiers {
  /** By canonical name. */
  readonly headers: ReadonlyMap<string, Traced<HeaderRule>>;
  readonly requestHeaders: ReadonlyMap<string, Traced<HeaderRule>>;
  readonly hideServer: boolean;
  readonly auth?: Traced<Exclude<Auth, 'none'>>;
  /** Whom `auth.forward` asks. */
  readonly authUpstream?: Upstream;
  readonly allowFrom?: Traced<readonly string[]>;
  readonly denyFrom?: Traced<readonly string[]>;
  /** In bytes. */
  readonly maxBody?: Traced<number>;
  readonly cors?: Traced<Cors>;
  readonly compress?: Traced<readonly ('gzip' | 'zstd')[]>;
  readonly rewrite?: Traced<NonNullable<SiteObject['rewrite']>>;
  readonly errors: ReadonlyMap<string, Traced<ErrorPage>>;
  readonly timeouts?: Traced<NonNullable<SiteObject['timeouts']>>;
  readonly rateLimit?: Traced<RateLimit>;
}

export type Handler =
  | { readonly kind: 'proxy'; readonly upstream: Upstream }
  | ({ readonly kind: 'respond' } & Respond)
  | ({ readonly kind: 'redirect' } & Redirect)
  | ({ readonly kind: 'files' } & Files)
  | { readonly kind: 'deny'; readonly status: number }
  | { readonly kind: 'raw'; readonly handlers: Raw };

/** A pool of addresses with the facts of its service. */
export interface Upstream {
  /** Absent where a route names addresses itself. */
  readonly service?: string;
  readonly addresses: readonly Address[];
  readonly facts: Omit<Service, 'at'>;
  readonly origin: Origin;
}
