import type { RouteObject } from '../policy/schema/handler.ts';
import type { HeaderRule } from '../policy/schema/headers.ts';
import { canonicalHeader } from '../policy/schema/scalars.ts';
import type { Preset, SiteObject } from '../policy/schema/site.ts';
import type { Modifiers } from './model.ts';
import { type Traced, within } from './origin.ts';

/** One place that says something of a site or route. In a list of layers the later is the nearer, and wins. */
export type Layer = Traced<Preset & { readonly [K in keyof (SiteObject & RouteObject)]?: unknown }>;

/** The nearest layer's word on one key. */
export function nearest<K extends keyof Layer['value']>(
  layers: readonly Layer[],
  key: K,
): Traced<NonNullable<Layer['value'][K]>> | undefined {
  let at = layers.length - 1;
  while (at >= 0 && layers[at]?.value[key] === undefined) at--;
  const layer = layers[at];
  const value = layer?.value[key];
  return layer && value !== undefined && value !== null ? { value, origin: within(layer.origin, key) } : undefined;
}

/** Without those that say nothing for routes to heed: a host of a thousand files has a thousand, most of routes alone. */
export function telling(layers: readonly Layer[]): readonly Layer[] {
  return layers.filter(({ value }) => Object.keys(value).some((key) => key !== 'routes' && key !== 'checks'));
}

/** Folds layers into what holds: the nearer wins, maps merge by name, and the words for "none" take away. */
export function foldModifiers(layers: readonly Layer[]): Modifiers {
  const maxBody = unless('none', nearest(layers, 'max_body'));
  const compress = nearest(layers, 'compress');
  return definedOnly({
    headers: foldHeaders(layers, 'headers'),
    requestHeaders: foldHeaders(layers, 'request_headers'),
    hideServer: nearest(layers, 'hide_server')?.value ?? false,
    auth: unless('none', nearest(layers, 'auth')),
    allowFrom: unless('any', nearest(layers, 'allow_from')),
    denyFrom: unless('none', nearest(layers, 'deny_from')),
    maxBody: maxBody && { ...maxBody, value: maxBody.value.bytes },
    cors: unless('none', nearest(layers, 'cors')),
    compress: compress && compress.value.length > 0 ? compress : undefined,
    rewrite: nearest(layers, 'rewrite'),
    errors: foldErrors(layers),
    timeouts: foldTimeouts(layers),
    rateLimit: unless('none', nearest(layers, 'rate_limit')),
  });
}

/** Nothing where the word stands that takes back what was said farther away. */
function unless<T, W extends string>(word: W, said: Traced<T> | undefined): Traced<Exclude<T, W>> | undefined {
  return said === undefined || (said.value as unknown) === word ? undefined : (said as Traced<Exclude<T, W>>);
}

/** Merged by name; told of where the nearest stands. */
function foldTimeouts(layers: readonly Layer[]): Modifiers['timeouts'] {
  const last = nearest(layers, 'timeouts');
  return last && { ...last, value: Object.assign({}, ...layers.map(({ value }) => value.timeouts)) };
}

/** Most routes say nothing of a kind, and a map for each would be a good part of a large model. */
const nothing: ReadonlyMap<string, never> = new Map<string, never>();

function foldErrors(layers: readonly Layer[]): Modifiers['errors'] {
  const pages = layers.flatMap(({ value, origin }) =>
    Object.entries(value.errors ?? {}).map(
      ([key, page]) => [key, { value: page, origin: within(origin, 'errors', key) }] as const,
    ),
  );
  return pages.length === 0 ? nothing : new Map(pages);
}

function foldHeaders(layers: readonly Layer[], key: 'headers' | 'request_headers'): Modifiers['headers'] {
  if (layers.every(({ value }) => value[key] === undefined && (key !== 'headers' || value.cache_control === undefined)))
    return nothing;
  const rules = new Map<string, Traced<HeaderRule>>();
  for (const { value, origin } of layers) {
    // The short form stands for the header, and gives way where its own layer names the header too.
    if (key === 'headers' && value.cache_control !== undefined) {
      rules.set('Cache-Control', {
        value: { kind: 'set', value: value.cache_control },
        origin: within(origin, 'cache_control'),
      });
    }
    for (const [name, rule] of Object.entries(value[key] ?? {})) {
      const traced = { value: rule, origin: within(origin, key, name) };
      if (rule.kind === 'keep') rules.delete(canonicalHeader(name));
      else rules.set(canonicalHeader(name), traced);
    }
  }
  return new Map([...rules].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Drops the keys that hold undefined, so that absence is told in one way. */
export function definedOnly<T extends object>(given: T): Defined<T> {
  const defined: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) if (value !== undefined) defined[key] = value;
  return defined as Defined<T>;
}
