import { createHash } from 'node:crypto';
import { oncePer } from '../../once-per.ts';
import type { CaddyHandler } from '../handlers/context.ts';
import { canonical, type JsonValue } from '../json.ts';
import { leadsTo, standsApart } from './apart.ts';
import type { Block, BlockRoute } from './block.ts';
import { liftValues } from './lift.ts';
import { VARIABLE, type Variable, variableName } from './variables.ts';

/** Sites that are handled alike but for some values: they share their handlers. */
export interface Family {
  readonly members: readonly Block[];
  /** The routes of each: a value that differs is a variable. */
  readonly routes: readonly BlockRoute[];
  /** Those variables, each with its value for each member. */
  readonly variables: readonly Variable[];
}

/**
 * Puts sites together that differ in nothing but hosts, and values that a variable can stand for. The last by name is the first
 * of its family: the hosts of a site go up, so where a list of them goes down the next site begins, and it can be read back.
 * `counted`: where none may lead by a variable.
 */
export function familiesOf(blocks: readonly Block[], counted: ReadonlySet<string>): Family[] {
  const byShape = new Map<string, { members: Block[]; values: (readonly string[])[] }>();
  for (const block of blocks.toSorted(byNameDown)) {
    const { shape, values } = leadsTo(block, counted) ? ownShape(block) : shapeOf(block);
    const known = byShape.get(shape);
    if (known === undefined) byShape.set(shape, { members: [block], values: [values] });
    else {
      known.members.push(block);
      known.values.push(values);
    }
  }
  return [...byShape.values()].map(({ members, values }) => familyOf(members, values));
}

function byNameDown({ hosts: [one = ''] }: Block, { hosts: [other = ''] }: Block): number {
  return one < other ? 1 : -1;
}

interface Shape {
  /** A hash: equal where all but the values is. */
  readonly shape: string;
  readonly values: readonly string[];
}

function ownShape({ hosts }: Block): Shape {
  return { shape: JSON.stringify(hosts), values: [] };
}

const shapeOf = oncePer((block: Block): Shape => {
  if (standsApart(block)) return ownShape(block);
  const { hosts, routes } = block;
  const values: string[] = [];
  const isMapped = hosts.every(isPlainHost);
  const lift = (value: string): string => {
    if (!isMapped) return value;
    values.push(value);
    return HOLE;
  };
  const parts = routes.map(({ kind, slug, match, handle }) => [
    kind,
    slug,
    canonical(match),
    ...handle.map((handler) => JSON.stringify(liftValues(handler, lift))),
  ]);
  const text = JSON.stringify([...(isMapped ? [depthOf(hosts)] : []), parts]);
  if (text.includes(VARIABLE)) return ownShape(block);
  return { shape: createHash('sha256').update(text).digest('base64'), values };
});

/** No text of a policy holds it. */
const HOLE = '\0';

/** Only hosts that are built alike can be looked up by their labels. */
function depthOf(hosts: readonly string[]): JsonValue {
  const [first = ''] = hosts;
  const labels = first.split('.').length;
  const isEven = hosts.every((host) => host.split('.').length === labels);
  return [first.startsWith('*'), isEven ? labels : [...hosts]];
}

/** A host that the labels of a request's host tell exactly: no address, nothing that is spelt otherwise on the wire. */
function isPlainHost(host: string): boolean {
  return /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host);
}

function familyOf(members: readonly Block[], values: readonly (readonly string[])[]): Family {
  const [first] = members;
  const names = new Map<string, Variable>();
  const count = values[0]?.length ?? 0;
  const replaced = Array.from({ length: count }, (_, hole) => {
    const column = values.map((row) => row[hole] ?? '');
    if (column.every((value) => value === column[0])) return column[0] ?? '';
    const key = JSON.stringify(column);
    const variable = names.get(key) ?? { name: variableName(names.size), values: column };
    names.set(key, variable);
    return variable.name;
  });
  let hole = 0;
  const fill = (handler: CaddyHandler): CaddyHandler => liftValues(handler, () => replaced[hole++] ?? '');
  const routes = (first?.routes ?? []).map((route) => ({
    ...route,
    handle: count === 0 ? route.handle : route.handle.map(fill),
  }));
  return { members, routes, variables: [...names.values()] };
}
