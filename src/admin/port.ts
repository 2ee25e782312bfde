import type { Capabilities } from '../caddy/capabilities.ts';
import type { JsonValue } from '../caddy/json.ts';

/** The subtrees of Caddy's config that may be written. Never `admin`: a bad admin block would cut us off. */
export type Scope = 'apps' | 'logging';

/** One scope as Caddy showed it. */
export interface Live {
  /** null when Caddy has nothing there. */
  readonly value: JsonValue;
  /** For `If-Match`. Opaque: the path inside may be another than the scope's. */
  readonly etag: string;
}

export interface WriteOptions {
  /** Load even if nothing changed. Repairs a Caddy that serves something else than it shows; closes every WebSocket. */
  readonly force?: boolean;
}

export interface Reloads {
  /** Whether the last load that ended in an answer succeeded. A load that panicked leaves it as it was. */
  readonly successful: boolean;
  /** When a load last succeeded, in seconds since 1970 with fractions. A write without a change does not move it. */
  readonly lastSuccess: number;
  /** When this Caddy was started, the same way; undefined where the system does not tell. */
  readonly started: number | undefined;
}

export type Adapted = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** What the upper layers may ask of Caddy's admin API. Every method rejects with an `AdminError` and nothing else, but for bugs. */
export interface AdminPort {
  /** The address as an operator would write it. */
  readonly address: string;

  read(scope: Scope): Promise<Live>;

  /**
   * Replaces a scope, if it still is what `base` shows; resolves only when Caddy runs `body`.
   * `body` is canonical JSON text (`canonical` of an object), so that a large config is written out once.
   * Throws a plain Error for a body that would wipe the scope: an empty object, `null`, anything that is no object.
   */
  write(scope: Scope, body: string, base: Live, options?: WriteOptions): Promise<void>;

  /** Does not wait for a load under way. undefined where Caddy does not tell: 2.8, or `/metrics` is denied to us. */
  reloads(): Promise<Reloads | undefined>;

  /** How many requests each of Caddy's servers is at, by its name. undefined where `/metrics` is denied to us; empty where they are off. */
  openRequests(): Promise<ReadonlyMap<string, number> | undefined>;

  /** Asks what a Caddyfile would become; changes nothing. Caddy expands `{$X}` and reads imports: only texts of our own. */
  adapt(caddyfile: string): Promise<Adapted>;

  /** The running Caddy's level; one request for a current Caddy. Rejects with `too-old` below the oldest supported one. */
  probe(): Promise<Capabilities>;

  /** Whether the running Caddy knows a Caddyfile directive, such as the third-party `rate_limit`. */
  has(directive: string): Promise<boolean>;
}
