import type { z } from 'zod';
import { suggest } from '../diagnostics/suggest.ts';
import { expectations, type Issue } from './meant-form.ts';
import { formAt, isTaken, knownKeys } from './schema-at.ts';
import { type DocumentNode, nodeAt } from './tree.ts';

/** What to do about a value of the wrong kind: what to write in its place, as far as that can be told. */
export function wrongValueHint(root: DocumentNode, schema: z.core.$ZodType, issue: Issue): string | undefined {
  const { path } = issue;
  const found = nodeAt(root, path);
  const expected = expectations(issue);
  return (
    meantBy(found, expected, (value) => isTaken(schema, path, value), knownKeys(schema, path)) ?? formAt(schema, path)
  );
}

function meantBy(
  found: DocumentNode | undefined,
  expected: readonly string[],
  takes: (value: unknown) => boolean,
  keys: readonly string[],
): string | undefined {
  const isMapWanted = expected.includes('a map');
  if (
    found?.kind === 'list' &&
    isMapWanted &&
    found.items.length > 0 &&
    found.items.every(({ kind }) => kind === 'map')
  )
    return 'write the keys below each other, without "- "';
  if (found?.kind !== 'scalar') return undefined;
  const { value } = found;
  if (value === null) return isMapWanted ? 'indent what belongs to it' : undefined;
  const text = String(value);
  if (typeof value !== 'string' && takes(text)) return 'put it in quotes';
  const meant = suggest(
    text,
    expected.flatMap((choice) => /^"(.*)"$/.exec(choice)?.[1] ?? []),
  );
  if (meant !== undefined) return `did you mean \`${meant}\`?`;
  if (typeof value === 'number') return takes(`localhost:${text}`) ? `write localhost:${text}` : undefined;
  if (typeof value !== 'string') return undefined;
  return withoutQuotes(text, takes) ?? asMap(text, takes, keys);
}

/** YAML 1.1 took these for true and false; in quotes all others are texts too. */
const switches: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  true: true,
  no: false,
  off: false,
  false: false,
};

function withoutQuotes(text: string, takes: (value: unknown) => boolean): string | undefined {
  const word = text.toLowerCase();
  const on = Object.hasOwn(switches, word) ? switches[word] : undefined;
  if (on !== undefined && takes(on))
    return word === String(on) ? `write ${on}, without quotes` : `write ${on}: in YAML 1.2 "${text}" is a text`;
  return /^\d{1,15}$/.test(text) && takes(Number(text)) ? `write ${text}, without quotes` : undefined;
}

/** The short form that others have, where one key says it all: the first that is known there. */
function asMap(text: string, takes: (value: unknown) => boolean, [key]: readonly string[]): string | undefined {
  return key !== undefined && key !== '$schema' && takes({ [key]: text }) ? `write { ${key}: ${text} }` : undefined;
}
