import { isJsonObject, type JsonValue } from '../caddy/json.ts';
import type { Live } from './live.ts';

/** Something foreign that a forced apply removes: where it stands in the live config, and what and whose it is. */
export interface Take {
  readonly path: Path;
  readonly what: string;
}

type Path = readonly (string | number)[];

/** The live config without what is taken over. */
export function takeOver(live: Live, takes: readonly Take[]): Live {
  const below = byFirst(takes.map(({ path }) => path));
  return { apps: without(live.apps, below.get('apps')), logging: without(live.logging, below.get('logging')) };
}

function without(value: JsonValue, paths: readonly Path[] | undefined): JsonValue {
  if (paths === undefined) return value;
  const below = byFirst(paths);
  const isTaken = (key: string | number): boolean => below.get(key)?.some((rest) => rest.length === 0) ?? false;
  if (Array.isArray(value)) {
    return value.flatMap((item: JsonValue, index) => (isTaken(index) ? [] : [without(item, below.get(index))]));
  }
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !isTaken(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, without(item, below.get(key))]));
}

/** The rests of the paths, by their first step. */
function byFirst(paths: readonly Path[]): Map<string | number, Path[]> {
  const groups = new Map<string | number, Path[]>();
  for (const [first, ...rest] of paths) {
    if (first === undefined) continue;
    const group = groups.get(first);
    if (group === undefined) groups.set(first, [rest]);
    else group.push(rest);
  }
  return groups;
}
