import { oncePer } from '../once-per.ts';

/** What a part of the model says, as one text, wherever it was written: equal texts mean the same. */
export function meaningOf(part: object | undefined): string {
  return part === undefined ? '' : textOf(part);
}

const textOf = oncePer((part: object) => JSON.stringify(part, plainly));

function plainly(_key: string, value: unknown): unknown {
  if (value instanceof Map) return [...(value as Map<string, unknown>)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, each]) => !isOrigin(each));
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function isOrigin(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'root' in value && 'file' in value && 'path' in value;
}
