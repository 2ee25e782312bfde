import { forgedHeaders } from '../handlers/access.ts';
import type { CaddyHandler } from '../handlers/context.ts';
import { dotSegmentGuard } from '../handlers/target.ts';
import { ownedId } from '../ids.ts';
import { hasOnly, isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { dials } from './apart.ts';
import { sharedProxy, valuesFor, withValues } from './shared-proxy.ts';

/** What nearly each route to an app has among its handlers, always the very same. None of it remembers anything of a request. */
const COMMON: ReadonlyMap<CaddyHandler, string> = new Map([
  [forgedHeaders, 'forged'],
  [dotSegmentGuard, 'dots'],
]);

/** A handler that stands once, and what is said to it on each route. */
interface Common {
  readonly name: string;
  readonly handler: CaddyHandler;
  readonly values?: CaddyHandler;
}

/** Names of ours among the named routes of a server. */
const PREFIX = 'caddyctl-';

/**
 * Handlers that stand once in a server, as a named route, and that its routes invoke: of thousands of sites of which no two
 * are alike, a third of what Caddy loads would be these.
 */
export class SharedHandlers {
  readonly #counted: ReadonlySet<string>;
  readonly #used = new Map<string, readonly CaddyHandler[]>();
  readonly #proxies = new Map<string, string>();

  /** `counted`: where none may lead by a variable. */
  constructor(counted: ReadonlySet<string>) {
    this.#counted = counted;
  }

  /** The same handlers, those that are common by their name. */
  share(handle: readonly CaddyHandler[]): readonly CaddyHandler[] {
    const shared: CaddyHandler[] = [];
    let run: Common[] = [];
    const endRun = (): void => {
      if (run.length > 0) shared.push(...run.flatMap(({ values }) => values ?? []), this.#invoke(run));
      run = [];
    };
    for (const handler of handle) {
      const common = this.#commonOf(handler);
      // Two in a row would be told of the values of the second.
      if (common === undefined || (common.values && run.some(({ values }) => values))) endRun();
      if (common === undefined) shared.push(handler);
      else run.push(common);
    }
    endRun();
    return shared;
  }

  #commonOf(handler: CaddyHandler): Common | undefined {
    const known = COMMON.get(handler);
    if (known !== undefined) return { name: known, handler };
    const isLifted = handler.handler === 'reverse_proxy' && !dials(handler, this.#counted);
    const shared = isLifted ? sharedProxy(handler) : undefined;
    if (shared === undefined) return undefined;
    const { name, text, proxy, values } = shared;
    // Two may be called alike by chance, or because somebody looked for it: the second stays where it is.
    if ((this.#proxies.get(name) ?? text) !== text) return undefined;
    this.#proxies.set(name, text);
    return { name: `proxy-${name}`, handler: proxy, values };
  }

  #invoke(run: readonly Common[]): CaddyHandler {
    const name = `${PREFIX}${run.map((common) => common.name).join('-')}`;
    this.#used.set(
      name,
      run.map(({ handler }) => handler),
    );
    return { handler: 'invoke', name };
  }

  /** The named routes that were invoked; undefined where there are none. */
  routes(owner: string, part: string): JsonObject | undefined {
    if (this.#used.size === 0) return undefined;
    return Object.fromEntries(
      [...this.#used].map(([name, handle]) => [name, { '@id': ownedId(owner, part, `_${name}`), handle }]),
    );
  }
}

/** The handlers of a route with those in place that it only names. What names none is the very same object. */
export function unshared(route: JsonValue, named: JsonValue | undefined): JsonValue {
  if (!isJsonObject(route) || !isJsonObject(named) || !Array.isArray(route['handle'])) return route;
  const handle = route['handle'] as readonly JsonValue[];
  const placed = handle.flatMap((handler, at): readonly JsonValue[] => {
    const values = valuesFor(handle[at - 1] ?? null);
    const isSaidNext = valuesFor(handler) !== undefined && namedBy(handle[at + 1] ?? null, named) !== undefined;
    if (isSaidNext) return [];
    const shared = namedBy(handler, named);
    return (values && shared?.map((each) => withValues(each, values))) ?? shared ?? [handler];
  });
  return placed.length === handle.length && placed.every((each, at) => each === handle[at])
    ? route
    : { ...route, handle: placed };
}

function namedBy(handler: JsonValue, named: JsonObject): readonly JsonValue[] | undefined {
  if (!isJsonObject(handler) || handler['handler'] !== 'invoke') return undefined;
  const { name } = handler;
  if (typeof name !== 'string' || !name.startsWith(PREFIX) || !Object.hasOwn(named, name)) return undefined;
  const route = named[name];
  // With a matcher, put in by hand, it may do nothing at all.
  if (!isJsonObject(route) || !hasOnly(route, ['@id', 'handle'])) return undefined;
  return Array.isArray(route['handle']) ? (route['handle'] as readonly JsonValue[]) : undefined;
}
