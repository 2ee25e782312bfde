import type { Modifiers, Route, Site } from '../ir/model.ts';
import type { Subject } from './match/when.ts';

/** What the steps of a route know: the request, its client, and where the route stands. */
export interface Place extends Subject {
  readonly site: Site;
  readonly modifiers: Modifiers;
  readonly handler: Route['handler'];
  readonly pattern: Route['pattern'];
  /** Proxies that the site believes here, and whether the server believes any. */
  readonly trusted: readonly string[];
  readonly serverTrusts: boolean;
  /** Modules that the Caddy has; undefined when there is none to ask. */
  readonly modules: ReadonlySet<string> | undefined;
}

/** A browser's question whether it may ask. */
export function isPreflight({ received: { asked, headers } }: Subject): boolean {
  return asked.method === 'OPTIONS' && headers.has('Origin') && headers.has('Access-Control-Request-Method');
}
