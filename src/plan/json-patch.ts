import { canonical, isJsonObject, type JsonObject, type JsonValue } from '../caddy/json.ts';
import type { Live } from './live.ts';
import { alignLists, type Gap } from './list-alignment.ts';

/** An operation of RFC 6902; only these three are made. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: string };

/** What turns one config into another, to be applied in order. A scope that Caddy does not have counts as absent. */
export function jsonPatch(live: Live, next: Live): PatchOperation[] {
  const document = ({ apps, logging }: Live): JsonObject => ({
    ...(apps === null ? {} : { apps }),
    ...(logging === null ? {} : { logging }),
  });
  return diffObjects('', document(live), document(next));
}

function diff(path: string, before: JsonValue, after: JsonValue): PatchOperation[] {
  if (isJsonObject(before) && isJsonObject(after)) return diffObjects(path, before, after);
  if (Array.isArray(before) && Array.isArray(after)) return diffLists(path, before, after);
  return canonical(before) === canonical(after) ? [] : [{ op: 'replace', path, value: after }];
}

function diffObjects(path: string, before: JsonObject, after: JsonObject): PatchOperation[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key): PatchOperation[] => {
    const pointer = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const [was, is] = [Object.hasOwn(before, key), Object.hasOwn(after, key)];
    if (!is) return [{ op: 'remove', path: pointer }];
    const value = after[key] as JsonValue;
    return was ? diff(pointer, before[key] as JsonValue, value) : [{ op: 'add', path: pointer, value }];
  });
}

/** Back to front, so that each index still means what it meant before. */
function diffLists(path: string, before: readonly JsonValue[], after: readonly JsonValue[]): PatchOperation[] {
  return alignLists(before, after)
    .reverse()
    .flatMap((part) =>
      part.kind === 'kept'
        ? diff(`${path}/${part.at}`, before[part.at] as JsonValue, after[part.to] as JsonValue)
        : diffGap(
            path,
            before.slice(part.at, part.at + part.removed),
            after.slice(part.to, part.to + part.added),
            part,
          ),
    );
}

function diffGap(path: string, gone: readonly JsonValue[], come: readonly JsonValue[], { at }: Gap): PatchOperation[] {
  const shared = Math.min(gone.length, come.length);
  const pairs = come.slice(0, shared).flatMap((value, index) => {
    const before = gone[index] as JsonValue;
    const pointer = `${path}/${at + index}`;
    return isMarked(before) || isMarked(value)
      ? [{ op: 'replace' as const, path: pointer, value }]
      : diff(pointer, before, value);
  });
  const adds = come
    .slice(shared)
    .map((value, index) => ({ op: 'add' as const, path: `${path}/${at + shared + index}`, value }));
  const removes = gone
    .slice(shared)
    .map((_, index) => ({ op: 'remove' as const, path: `${path}/${at + gone.length - 1 - index}` }));
  return [...pairs, ...adds, ...removes];
}

/** Two entries that bear different ids have nothing to do with each other. */
function isMarked(value: JsonValue): boolean {
  return isJsonObject(value) && value['@id'] !== undefined;
}
