import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { compile } from '../../src/compile.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { policySet } from '../support/arbitrary/policy.ts';
import type { Authored } from '../support/arbitrary/values.ts';
import { goldenTarget } from '../support/golden.ts';

type Path = readonly (string | number)[];

/** Free text, in which a control character is no mistake, or which is not ours to judge. */
const free = new Set(['$schema', 'expression', 'regex', 'contains', 'raw']);

function leaves(value: unknown, path: Path = []): Path[] {
  if (free.has(String(path.at(-1)))) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]));
  if (isMap(value)) return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
  return typeof value === 'string' ? [path] : [];
}

/** Maps whose keys the language names, so that another key is a mistake. */
function closedMaps(set: Authored): Path[] {
  const named = ['services', 'presets', 'sites'].flatMap((section) =>
    Object.entries((set[section] ?? {}) as Authored).flatMap(([name, value]) =>
      isMap(value) ? [[section, name]] : [],
    ),
  );
  const routes = named.flatMap((path) => {
    const inner = Object.entries((at(set, path) as Authored)['routes'] ?? {}) as [string, unknown][];
    return inner.flatMap(([key, value]) => (isMap(value) ? [[...path, 'routes', key]] : []));
  });
  return [[], ...(set['global'] ? [['global']] : []), ...named, ...routes];
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, step) => (node as Record<string | number, unknown>)[step], value);
}

function replaced(value: unknown, [step, ...rest]: Path, make: (old: unknown) => unknown): unknown {
  if (step === undefined) return make(value);
  if (Array.isArray(value))
    return value.map((item, index) => (index === step ? replaced(item, rest, make) : (item as unknown)));
  const map = value as Authored;
  return { ...map, [step]: replaced(map[step], rest, make) };
}

function isMap(value: unknown): value is Authored {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The lines that are shown with a mark, or all that is marked; every mark lies in the file. */
function markedTexts(text: string, diagnostics: readonly Diagnostic[], what: 'line' | 'range'): string[] {
  return diagnostics.flatMap(({ place }) => {
    if (place === undefined) return [];
    const { start, end } = place.range;
    expect([start >= 0, end >= start, end <= text.length]).toEqual([true, true, true]);
    const from = text.lastIndexOf('\n', start - 1) + 1;
    const lineEnd = text.indexOf('\n', start);
    return [what === 'range' ? text.slice(start, end) : text.slice(from, lineEnd === -1 ? text.length : lineEnd)];
  });
}

const write = [
  (set: unknown) => JSON.stringify(set, null, 1),
  (set: unknown) => stringify(set, { lineWidth: 0 }),
] as const;

function expectMarked(set: unknown, form: number, culprit: string, what: 'line' | 'range' = 'line'): void {
  const text = write[form % 2 === 0 ? 0 : 1](set);
  const { diagnostics } = compile([{ path: 'slip.yaml', text }], goldenTarget);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const marked = markedTexts(text, errors, what);
  expect(
    marked.some((shown) => shown.includes(culprit)),
    `${culprit} is not under a mark of\n${renderDiagnostics(errors)}`,
  ).toBe(true);
}

describe('a mistake is marked where it was made', () => {
  test('a text that no key takes', () => {
    fc.assert(
      fc.property(policySet, fc.nat(), fc.nat(), (set, pick, form) => {
        const all = leaves(set);
        const path = all[pick % all.length] ?? [];
        expectMarked(
          replaced(set, path, () => 'culprit\u0001'),
          form,
          'culprit',
        );
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });

  test('a key that is not known', () => {
    fc.assert(
      fc.property(policySet, fc.nat(), fc.nat(), (set, pick, form) => {
        const all = closedMaps(set);
        const path = all[pick % all.length] ?? [];
        expectMarked(
          replaced(set, path, (map) => ({ ...(map as Authored), 'culprit-key': 1 })),
          form,
          'culprit-key',
        );
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });

  test('a map, where a text is meant', () => {
    fc.assert(
      fc.property(policySet, fc.nat(), fc.nat(), (set, pick, form) => {
        const all = leaves(set);
        const path = all[pick % all.length] ?? [];
        expectMarked(
          replaced(set, path, () => ({ culprit: 1 })),
          form,
          'culprit',
          'range',
        );
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });
});
