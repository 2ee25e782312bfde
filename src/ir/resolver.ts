import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { nodeAt } from '../policy/tree.ts';
import type { RouteObject, Routes } from '../policy/schema/handler.ts';
import type { When } from '../policy/schema/matcher.ts';
import { type PathPattern, parsePaths } from '../policy/schema/path.ts';
import type { SiteObject } from '../policy/schema/site.ts';
import { Budget, Budgets } from './budget.ts';
import type { KnownSites } from './known-sites.ts';
import { definedOnly, foldModifiers, type Layer, nearest, telling } from './layers.ts';
import type { PolicySet, SiteParts } from './merge.ts';
import { misplacedKeys } from './misplaced.ts';
import type { Handler, Modifiers, Route, Site } from './model.ts';
import { orderRoutes } from './order.ts';
import { type Origin, placeOf, type Traced, within } from './origin.ts';
import { PresetBook } from './preset-book.ts';
import { ServiceBook } from './service-book.ts';

/** Where a route stands: what is above it in path, conditions and layers. */
interface Surroundings {
  /** What each route costs beside what is said of it: the hosts and proxies that it names again. */
  readonly toll: number;
  readonly prefix: readonly string[];
  readonly when: readonly When[];
  readonly layers: readonly Layer[];
}

/** Resolves the sites of one set. */
export class Resolver {
  readonly #set: PolicySet;
  readonly #report: (found: Diagnostic) => void;
  readonly #presets: PresetBook;
  readonly #services: ServiceBook;
  readonly #budgets: Budgets;
  /** Of the site that is at it. */
  #budget = new Budget();
  readonly #known: KnownSites | undefined;

  constructor(set: PolicySet, report: (found: Diagnostic) => void, known: KnownSites | undefined) {
    this.#set = set;
    this.#budgets = new Budgets(set.names);
    this.#report = report;
    this.#known = known;
    this.#presets = new PresetBook(set, report);
    this.#services = new ServiceBook(set, report);
  }

  get isTooLarge(): boolean {
    return this.#budgets.isAnySpent;
  }

  site(parts: SiteParts): Site {
    const [first] = parts.parts;
    if (first === undefined) throw new Error('a site without parts');
    this.#budget = this.#budgets.of(first.origin);
    const known = this.#known?.find(parts);
    if (known !== undefined && this.#spend(known.cost, first.origin)) return known.site;
    const before = this.#budget.left;
    const site = this.#site(parts, first);
    this.#known?.keep({ parts, site, cost: before - this.#budget.left });
    return site;
  }

  #site({ hosts, parts }: SiteParts, first: Traced<SiteObject>): Site {
    // All presets before all parts: what any file says itself is nearer than what a preset says, whichever file names it.
    const layers = [...parts.flatMap((part) => this.#presets.layersOf(part)), ...parts];
    const say = <T>(found: Traced<T> | undefined, fallback: T): Traced<T> =>
      found ?? { value: fallback, origin: first.origin };
    const { trusted_proxies: trusted, protocols } = this.#set.global;
    const listen = nearest(layers, 'listen') as Traced<string[]> | undefined;
    const written = orderKept(parts);
    const trustedProxies = say(nearest(layers, 'trusted_proxies') ?? trusted, []);
    const toll = hosts.length + trustedProxies.value.length;
    const routes = this.#siteRoutes(parts, { toll, prefix: [], when: [], layers: telling(layers) });
    const tls = say(nearest(layers, 'tls'), 'auto' as const);
    return definedOnly({
      hosts,
      tls,
      // A site on an address of its own has no usual port to redirect from.
      http: say(nearest(layers, 'http'), tls.value === 'off' ? 'serve' : listen ? 'off' : 'redirect'),
      protocols: say(nearest(layers, 'protocols') ?? protocols, ['h1', 'h2', 'h3'] as const),
      listen: (listen?.value ?? []).map((value, index) => ({
        value,
        origin: within(listen?.origin ?? first.origin, index),
      })),
      tunnel: nearest(layers, 'tunnel') as Site['tunnel'],
      trustedProxies,
      log: say(nearest(layers, 'log'), false as const),
      checks: parts.flatMap(({ value, origin }) =>
        (value.checks ?? []).map((check, index) => ({ value: check, origin: within(origin, 'checks', index) })),
      ),
      modifiers: this.#modifiers(layers),
      listed: written,
      routes: written ? routes : orderRoutes(routes),
      origin: first.origin,
    });
  }

  #modifiers(layers: readonly Layer[]): Modifiers {
    const folded = foldModifiers(layers);
    const forward = folded.auth?.value.forward;
    if (folded.auth === undefined || forward === undefined) return folded;
    return {
      ...folded,
      authUpstream: this.#services.upstream(forward.to, within(folded.auth.origin, 'forward', 'to')),
    };
  }

  #siteRoutes(parts: readonly Traced<SiteObject>[], around: Surroundings): Route[] {
    const seen = new Set<string>();
    const routes = parts.flatMap(({ value, origin }) => {
      // Said alike in several files it is one route; said differently it is an error already.
      const fresh = Object.entries(value.routes ?? {}).filter(([key]) => !seen.has(key));
      for (const [key] of fresh) seen.add(key);
      return this.#routes(Object.fromEntries(fresh), within(origin, 'routes'), around);
    });
    // What is said of the whole site comes last, in whichever file it stands; several files may say it alike.
    const [whole] = parts.flatMap(({ value, origin }) => {
      const handler = this.#handler(value, origin);
      return handler ? [{ handler, origin }] : [];
    });
    return whole
      ? [...routes, { pattern: root, when: [], modifiers: this.#modifiers(around.layers), ...whole }]
      : routes;
  }

  #routes(routes: Routes, origin: Origin, around: Surroundings): Route[] {
    return Object.entries(routes).flatMap(([key, alternatives]) => {
      if (this.#budget.isSpent) return [];
      const parsed = parsePaths(key);
      const at = within(origin, key);
      const isList = nodeAt(at.root, at.path)?.kind === 'list';
      if (alternatives.some(({ routes: inner }) => inner) && /\/\*\s*(,|$)/.test(key))
        this.#refuseWildcardGroup(key, at);
      return ('value' in parsed ? parsed.value : []).flatMap((pattern) =>
        alternatives.flatMap((given, index) =>
          this.#route(
            given,
            isList ? within(at, index) : at,
            { ...pattern, segments: [...around.prefix, ...pattern.segments] },
            around,
          ),
        ),
      );
    });
  }

  #route(given: RouteObject, origin: Origin, pattern: PathPattern, around: Surroundings): Route[] {
    if (this.#budget.isSpent) return [];
    for (const found of misplacedKeys(given, origin, this.#presets)) this.#report(found);
    const layer: Layer = { value: given, origin };
    const layers = [...around.layers, ...this.#presets.layersOf(layer), layer];
    const when = given.when === undefined ? around.when : [...around.when, given.when];
    if (!this.#affords(layers, when, around.toll, origin)) return [];
    if (given.routes === undefined) {
      const handler = this.#handler(given, origin);
      return handler === undefined ? [] : [{ pattern, when, modifiers: this.#modifiers(layers), handler, origin }];
    }
    if (pattern.exact) {
      const message = 'an exact path has nothing below it, so it cannot hold routes';
      this.#report({
        code: 'exact-group',
        severity: 'error',
        message,
        place: placeOf(origin),
        hint: 'leave out the "="',
      });
      return [];
    }
    const below = { toll: around.toll, prefix: pattern.segments, when, layers };
    const inner = this.#routes(given.routes, within(origin, 'routes'), below);
    // A group covers everything below its path, so what none of its routes takes goes nowhere else.
    const hasOwnRoot = inner.some(
      (route) =>
        !route.pattern.exact &&
        route.pattern.segments.length === pattern.segments.length &&
        route.when.length === when.length,
    );
    const rest: Route = {
      pattern,
      when,
      modifiers: this.#modifiers(layers),
      handler: { kind: 'deny', status: 404 },
      origin,
    };
    return hasOwnRoot ? inner : [...inner, rest];
  }

  /** Whether a route of so much is still within what a set may unfold to. */
  #affords(layers: readonly Layer[], when: readonly When[], toll: number, origin: Origin): boolean {
    const weights = [...layers.map(({ value }) => value), ...when].map((value) => this.#budget.weigh(value));
    return this.#spend(
      weights.reduce((sum, weight) => sum + weight, toll),
      origin,
    );
  }

  /** Tells of the first that goes beyond; what comes after it is not looked at. */
  #spend(amount: number, origin: Origin): boolean {
    if (this.#budget.isSpent || this.#budget.spend(amount)) return !this.#budget.isSpent;
    this.#report({
      code: 'set-too-large',
      severity: 'error',
      message: `up to here the policies unfold to more than ${this.#budget.most} settings`,
      hint: 'what a site says counts for each of its routes: say it of fewer, or split the set among several Caddys',
      place: placeOf(origin),
    });
    return false;
  }

  /** `/users/*` is `/users`, so what stands below it is not where it seems to be. */
  #refuseWildcardGroup(key: string, origin: Origin): void {
    this.#report({
      code: 'wildcard-group',
      severity: 'error',
      message: `a "*" at the end stands for all below, so routes within "${key}" would not have it in their paths`,
      hint: 'leave it out, or write whole paths: /users/*/posts',
      place: placeOf(origin),
    });
  }

  #handler(given: SiteObject | RouteObject, origin: Origin): Handler | undefined {
    if (given.to !== undefined) {
      const upstream = this.#services.upstream(given.to, within(origin, 'to'));
      this.#spend(upstream.addresses.length, origin);
      return { kind: 'proxy', upstream };
    }
    if (given.respond !== undefined) return { kind: 'respond', ...given.respond };
    if (given.redirect !== undefined) return { kind: 'redirect', ...given.redirect };
    if (given.files !== undefined) return { kind: 'files', ...given.files };
    if (given.deny !== undefined) return { kind: 'deny', status: given.deny };
    if (given.raw !== undefined) return { kind: 'raw', handlers: given.raw };
    return undefined;
  }
}

const root: PathPattern = { exact: false, segments: [], slash: false };

/** `routing: listed` keeps the order written. */
function orderKept(parts: readonly Traced<SiteObject>[]): boolean {
  return parts.some(({ value }) => value.routing === 'listed');
}
