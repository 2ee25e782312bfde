import type { JsonValue } from '../caddy/json.ts';
import { at, entriesOf } from '../plan/live.ts';
import { markOf, ownerOf } from '../plan/marks.ts';

/**
 * The revision that Caddy's servers of this owner say they are; undefined when there is none, or when they do not agree. What
 * was edited by hand keeps its mark.
 */
export function runningRevision(apps: JsonValue, owner: string): string | undefined {
  const servers = entriesOf(at(apps, 'http', 'servers')).map(([, server]) => server);
  const marks = servers.filter((server) => ownerOf(server) === owner).map((server) => markOf(server) ?? '');
  const [revision, ...others] = new Set(marks.map((mark) => mark.slice(mark.lastIndexOf('.') + 1)));
  return others.length === 0 ? revision : undefined;
}
