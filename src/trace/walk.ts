import type { JsonValue } from '../caddy/json.ts';
import { textFits } from '../explain/match/regex.ts';
import { guarded } from '../explain/received.ts';
import { FactList } from '../plan/describe/facts.ts';
import { handlerFacts } from '../plan/describe/handler-facts.ts';
import { routeLabel } from '../plan/describe/route-label.ts';
import { shown } from '../plan/describe/values.ts';
import { at, itemsOf, own } from '../plan/live.ts';
import { type TraceEnd, type TraceWay, endOf, mayEnd } from './endings.ts';
import { setsHold, type Traced } from './matchers.ts';

/** A route of a live config that a request comes by. */
export interface Passed {
  readonly id: string | undefined;
  readonly label: string;
  /** What it does, in the words of the policy language. */
  readonly facts: readonly (readonly [name: string, text: string])[];
  /** Only Caddy can tell whether it takes the request. */
  readonly isOpen: boolean;
}

/** Goes through the routes of a server as Caddy does, with what can be known without it. */
export class Walk {
  readonly passed: Passed[] = [];
  /** Ends that only Caddy can tell of, in order. */
  readonly open: TraceWay[] = [];
  #traced: Traced;

  constructor(traced: Traced) {
    this.#traced = traced;
  }

  /** The routes of the server itself; undefined where nobody answers. */
  server(routes: JsonValue | undefined): TraceEnd | undefined {
    return this.#routes(routes, undefined, true);
  }

  #routes(routes: JsonValue | undefined, within: string | undefined, isTop: boolean): TraceEnd | undefined {
    const groups = new Set<JsonValue>();
    for (const route of itemsOf(routes)) {
      const group = own(route, 'group');
      if (group !== undefined && groups.has(group)) continue;
      const holds = setsHold(own(route, 'match'), this.#traced);
      if (holds === false) continue;
      const id = idOf(route) ?? within;
      if (isTop) this.passed.push(passedBy(route, holds === 'unknown'));
      const handle = own(route, 'handle');
      if (holds === 'unknown') {
        this.#fork(handle, id, `${labelOf(route)} takes it`);
        continue;
      }
      if (group !== undefined) groups.add(group);
      // Our own guard of connections changes what later routes compare.
      if (id?.endsWith('._requests')) this.#traced = { ...this.#traced, received: guarded(this.#traced.received) };
      const end = this.#handlers(handle, id);
      if (end) return end;
      if (own(route, 'terminal') === true) return { kind: 'nothing', id };
    }
    return undefined;
  }

  #fork(handle: JsonValue | undefined, id: string | undefined, provided: string): void {
    const other = new Walk(this.#traced);
    const end = other.#handlers(handle, id);
    this.open.push(...other.open, ...(end ? [{ provided, end }] : []));
  }

  #handlers(handlers: JsonValue | undefined, id: string | undefined): TraceEnd | undefined {
    for (const handler of itemsOf(handlers)) {
      const kind = shown(own(handler, 'handler'));
      if (kind === 'subroute') {
        const end = this.#routes(own(handler, 'routes'), id, false);
        if (end) return end;
      } else if (kind === 'map') this.#map(handler);
      else if (kind === 'rewrite') this.#traced = { ...this.#traced, isMoved: true };
      else {
        const end = endOf(kind, handler, id);
        if (end) return end;
        const other = mayEnd(kind, handler, id);
        if (other) this.open.push(other);
      }
    }
    return undefined;
  }

  /** The variable by which our own guard finds dot segments. What others are set to, only Caddy can tell. */
  #map(handler: JsonValue): void {
    const [name] = itemsOf(own(handler, 'destinations'));
    const [mapping] = itemsOf(own(handler, 'mappings'));
    const pattern = own(mapping, 'input_regexp');
    if (name !== '{caddyctl.dots}' || typeof pattern !== 'string') return;
    const found = textFits(pattern, this.#traced.received.target.path);
    const variables = new Map([...this.#traced.variables, [name, found === true ? 'yes' : ''] as const]);
    if (found !== 'unknown') this.#traced = { ...this.#traced, variables };
  }
}

function passedBy(route: JsonValue, isOpen: boolean): Passed {
  const list = new FactList();
  handlerFacts(own(route, 'handle'), list);
  const facts = [...list.facts()].map(([name, { text }]) => [name, text] as const);
  return { id: idOf(route), label: labelOf(route), facts, isOpen };
}

function idOf(route: JsonValue): string | undefined {
  const id = own(route, '@id');
  return typeof id === 'string' ? id : undefined;
}

function labelOf(route: JsonValue): string {
  const [set] = itemsOf(own(route, 'match'));
  const hosts = itemsOf(at(set, 'host')).map(shown);
  return `${hosts.slice(0, 3).join(', ')}${set === undefined ? 'every request' : routeLabel(set)}`;
}
