import { isJsonObject, type JsonObject, type JsonValue } from '../../../caddy/json.ts';
import { known, type WordKind } from './vocabulary.ts';

type Counts = Readonly<Record<string, number>>;

/** What a config is made of, by number, in Caddy's own words: no value of it, and no word that an operator chose. */
export interface Shape {
  readonly apps: Counts;
  readonly servers: number;
  readonly routes: number;
  readonly handlers: Counts;
  readonly matchers: Counts;
  readonly modules: Counts;
  readonly keys: Counts;
  readonly depth: number;
  /** The most entries of one list or object. */
  readonly widest: number;
  /** Of its text. */
  readonly bytes: number;
}

export function shapeOf(config: JsonValue): Shape {
  const counter = new Counter();
  counter.value(config, 0);
  const apps = isJsonObject(config) ? config['apps'] : undefined;
  for (const name of isJsonObject(apps) ? Object.keys(apps) : []) counter.count('app', name);
  const http = isJsonObject(apps) ? apps['http'] : undefined;
  const servers = isJsonObject(http) ? http['servers'] : undefined;
  return {
    apps: counter.counts('app'),
    servers: isJsonObject(servers) ? Object.keys(servers).length : 0,
    routes: counter.routes,
    handlers: counter.counts('handler'),
    matchers: counter.counts('matcher'),
    modules: counter.counts('module'),
    keys: counter.counts('key'),
    depth: counter.depth,
    widest: counter.widest,
    bytes: Buffer.byteLength(JSON.stringify(config)),
  };
}

/** Keys whose value is the name of a module. */
const naming = new Set(['module', 'protocol', 'source', 'policy', 'output', 'format']);

class Counter {
  routes = 0;
  depth = 0;
  widest = 0;
  readonly #counts = new Map<WordKind, Map<string, number>>();

  count(kind: WordKind, word: string): void {
    const counts = this.#counts.get(kind) ?? new Map<string, number>();
    this.#counts.set(kind, counts);
    const name = known(kind, word);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }

  counts(kind: WordKind): Counts {
    return Object.fromEntries([...(this.#counts.get(kind) ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  value(value: JsonValue, depth: number): void {
    this.depth = Math.max(this.depth, depth);
    if (isJsonObject(value)) this.#object(value, depth);
    else if (Array.isArray(value)) {
      this.widest = Math.max(this.widest, value.length);
      for (const item of value as readonly JsonValue[]) this.value(item, depth + 1);
    }
  }

  #object(object: JsonObject, depth: number): void {
    const entries = Object.entries(object);
    this.widest = Math.max(this.widest, entries.length);
    for (const [key, value] of entries) {
      this.count('key', key);
      if (key === 'handler' && typeof value === 'string') this.count('handler', value);
      if (naming.has(key) && typeof value === 'string') this.count('module', value);
      if (Array.isArray(value) && key === 'routes') this.routes += value.length;
      if (Array.isArray(value) && (key === 'match' || key === 'not')) this.#matchers(value as readonly JsonValue[]);
      this.value(value, depth + 1);
    }
  }

  #matchers(sets: readonly JsonValue[]): void {
    for (const name of sets.filter(isJsonObject).flatMap((set) => Object.keys(set))) this.count('matcher', name);
  }
}
