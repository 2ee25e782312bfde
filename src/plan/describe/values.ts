import type { JsonValue } from '../../caddy/json.ts';
import { itemsOf } from '../live.ts';

/** A text of Caddy's config as the policy would write it: no escapes, and secrets by where they come from. */
export function shown(value: JsonValue | undefined): string {
  if (typeof value !== 'string') return value === undefined ? '' : JSON.stringify(value);
  return value.replace(
    /\\([{}])|\{(env|file)\.([^{}]*)\}/g,
    (_, brace: string | undefined, from: string, name: string) => (brace === undefined ? `${from} ${name}` : brace),
  );
}

export function shownList(value: JsonValue | undefined): string {
  return itemsOf(value).map(shown).join(', ');
}

const UNITS = [
  ['GiB', 2 ** 30],
  ['GB', 1e9],
  ['MiB', 2 ** 20],
  ['MB', 1e6],
  ['KiB', 2 ** 10],
  ['KB', 1e3],
] as const;

/** Bytes in the largest unit that says them exactly: 26214400 → `25MiB`. */
export function shownSize(value: JsonValue | undefined): string {
  if (typeof value !== 'number') return shown(value);
  const [unit, size] = UNITS.find(([, bytes]) => value >= bytes && value % bytes === 0) ?? ['B', 1];
  return `${value / size}${unit}`;
}
