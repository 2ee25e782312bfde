import type { JsonValue } from '../../caddy/json.ts';
import { showSize } from '../../policy/schema/scalars.ts';
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

/** A number of bytes as the policy would write it. */
export function shownSize(value: JsonValue | undefined): string {
  return typeof value === 'number' ? showSize(value) : shown(value);
}
