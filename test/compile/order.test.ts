import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { canonical, type JsonValue } from '../../src/caddy/json.ts';
import { compile } from '../../src/compile.ts';
import type { SourceFile } from '../../src/diagnostics/position.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { policySet } from '../support/arbitrary/policy.ts';
import type { Authored } from '../support/arbitrary/values.ts';
import { goldenTarget } from '../support/golden.ts';

/** Numbers from 0 up to `below`, the same for a seed. */
type Dice = (below: number) => number;

function diceOf(seed: number): Dice {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function shuffled<T>(items: readonly T[], dice: Dice): T[] {
  const rest = [...items];
  return items.map(() => rest.splice(dice(rest.length), 1)[0] as T);
}

/** The same policy with the keys of every map in another order, but for routes of which the order is told. */
function reordered(value: unknown, dice: Dice, isKept = false): unknown {
  if (Array.isArray(value)) return value.map((item) => reordered(item, dice, isKept));
  if (!isMap(value)) return value;
  const entries = isKept ? Object.entries(value) : shuffled(Object.entries(value), dice);
  const isListed = value['routing'] === 'listed';
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, reordered(inner, dice, isKept || (isListed && key === 'routes'))]),
  );
}

/** The same set as files of any names: its parts dealt out, and some sites cut in two. */
function dealt(set: Authored, dice: Dice): SourceFile[] {
  const files: Authored[] = Array.from({ length: 1 + dice(4) }, () => ({}));
  const put = (section: string, entries: Authored): void => {
    const file = files[dice(files.length)] as Record<string, Authored>;
    file[section] = { ...file[section], ...entries };
  };
  for (const section of ['global', 'services', 'presets', 'sites']) {
    for (const [key, value] of Object.entries((set[section] ?? {}) as Authored)) {
      if (section !== 'sites' || !isMap(value) || dice(2) === 0) put(section, { [key]: value });
      else for (const part of cut(value, dice)) putApart(files, key, part, dice);
    }
  }
  return files.map((file, index) => ({
    path: `${dice(1_000_000)}-${index}.yaml`,
    text: dice(2) === 0 ? JSON.stringify(file, null, dice(3)) : stringify(file),
  }));
}

function cut(site: Authored, dice: Dice): Authored[] {
  const parts: Authored[] = [{}, {}];
  for (const [key, value] of Object.entries(site)) {
    // The short form of a header gives way to the header itself in its own file alone; elsewhere they contradict each other.
    const part = key === 'cache_control' || key === 'headers' ? 0 : dice(2);
    Object.assign(parts[part] as Authored, { [key]: value });
  }
  return parts;
}

/** A file says a host's key once, so the second part of a site goes where the first is not. */
function putApart(files: Authored[], key: string, part: Authored, dice: Dice): void {
  const free = files.filter((file) => !((file['sites'] ?? {}) as Authored)[key]);
  if (free.length === 0) files.push({});
  const file = (free.length > 0 ? free[dice(free.length)] : files.at(-1)) as Record<string, Authored>;
  file['sites'] = { ...file['sites'], [key]: part };
}

function isMap(value: unknown): value is Authored {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function configText(sources: readonly SourceFile[]): string {
  const { config, diagnostics } = compile(sources, goldenTarget);
  if (config === undefined) {
    throw new Error(
      `${renderDiagnostics(diagnostics)}\n${sources.map(({ path, text }) => `# ${path}\n${text}`).join('\n')}`,
    );
  }
  return canonical(config as unknown as JsonValue);
}

test('one set gives the same bytes whatever its files are called, however it is dealt out, in whatever order its keys stand', () => {
  fc.assert(
    fc.property(policySet, fc.nat(), (set, seed) => {
      const dice = diceOf(seed);
      const { $schema: _, ...meant } = set;
      const expected = configText([{ path: 'one.json', text: JSON.stringify(meant) }]);
      expect(configText(shuffled(dealt(reordered(meant, dice) as Authored, dice), dice))).toBe(expected);
    }),
    { numRuns: 100 },
  );
});
