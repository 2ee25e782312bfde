import { describe, expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { SourceFile } from '../../src/diagnostics/position.ts';
import { parseDocument } from '../../src/policy/document.ts';
import { policyJsonSchema } from '../../src/policy/json-schema.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { locate, toValue } from '../../src/policy/tree.ts';
import { changed, type Example, examplesOf } from '../support/arbitrary/schema-examples.ts';
import { type Slot, slotsOf } from '../support/arbitrary/schema-slots.ts';
import type { Authored } from '../support/arbitrary/values.ts';
import { goldenTarget } from '../support/golden.ts';

const schema = policyJsonSchema();
const slots = slotsOf(schema);

/** Text of several lines may stand there, and comes out as it is written; so may whatever Caddy's own handlers have. */
const takesLines = /\/(respond|body|errors\/\*|body\/contains|expression)$/;
const takesAll = /\/raw\/items\/\*$/;
const takesAnyNumber = /\/(request_)?headers\/\*(\/add|\/default)?$/;

const examples = examplesOf(schema);

/** Of a policy the part that a path leads through, down to one site or service: enough to be parsed, and quickly. */
function partOf(policy: Authored, [first, second]: readonly PropertyKey[]): Authored {
  const part = policy[String(first)];
  const isWhole = first === 'global' || typeof part !== 'object' || part === null || second === undefined;
  return { [String(first)]: isWhole ? part : { [String(second)]: (part as Authored)[String(second)] } };
}

/** Whether an error points into what was changed. */
function isRefused(example: Example, bad: unknown, isKey: boolean): boolean {
  const part = changed(partOf(example.policy, example.path), example, bad, isKey);
  if (pointsThere(example, bad, isKey, part, parsePolicy(part, goldenTarget.env).diagnostics)) return true;
  const whole = changed(example.policy, example, bad, isKey);
  return pointsThere(example, bad, isKey, whole, compile([whole], goldenTarget).diagnostics);
}

function pointsThere(
  example: Example,
  bad: unknown,
  isKey: boolean,
  file: SourceFile,
  diagnostics: readonly Diagnostic[],
): boolean {
  const { root } = parseDocument(file);
  if (root === undefined) return false;
  const path = isKey ? [...example.path.slice(0, -1), String(bad)] : example.path;
  const key = locate(root, path, 'key');
  const value = locate(root, path);
  return diagnostics.some(({ severity, place }) => {
    const at = place?.range.start ?? -1;
    return severity === 'error' && place?.file === file && at >= Math.min(key.start, value.start) && at <= value.end;
  });
}

/** Whether a text is in what comes out: in the config, or in what is checked, which Caddy never sees. */
function isKept(example: Example, text: string): boolean {
  const file = changed(example.policy, example, text, false);
  const { config, model } = compile([file], goldenTarget);
  const { root } = parseDocument(file);
  const holds = (value: unknown, name = ''): boolean => {
    if (typeof value === 'string') return value === text || (/expression/.test(name) && value.includes(text));
    if (value instanceof Map || value instanceof Set) return [...value].some((each) => holds(each));
    return typeof value === 'object' && value !== null && Object.entries(value).some(([key, each]) => holds(each, key));
  };
  return root !== undefined && holds(toValue(root)) && config !== undefined && (holds(config) || holds(model));
}

function valuesOfOtherKinds({ takes, choices }: Slot): unknown[] {
  const all = [[[1]], { 'no-such-key': { x: 1 } }];
  if (!takes.has('null')) all.push(null as never);
  if (!takes.has('boolean') && !choices.includes(true)) all.push(true as never);
  if (!takes.has('number')) all.push(1.5 as never);
  if (!takes.has('text')) all.push('no such choice' as never);
  return all;
}

const injections = ['a\r\nX-Evil: 1', 'a\nb', 'a\u0000b', 'a\u001b[2Jb', 'a\u0085b', 'a\ud800b', '\udc00'];
const afterwards = ['\r\nX-Evil: 1', '\u0000', '?\r\nX-Evil: 1', '/\u0000', '\ud800'];

test('each place of the language is filled by some policy, so that none is left out below', () => {
  expect(slots.size).toBeGreaterThan(190);
  expect([...slots.keys()].filter((name) => !examples.has(name))).toEqual([]);
});

describe.each([...slots.values()].map((slot) => [examples.get(slot.name)?.[0]?.label ?? slot.name, slot] as const))(
  '%s',
  (label, slot) => {
    const ways = examples.get(slot.name) ?? [];
    const refusedNowhere = (bad: unknown): unknown[] =>
      ways.filter((way) => !isRefused(way, bad, slot.isKey)).map(({ value }) => ({ insteadOf: value, bad }));

    test.runIf(takesAll.test(label))('keeps what is written', () => {
      for (const way of ways) expect(isKept(way, 'a\r\n\u0000{env.HOME}')).toBe(true);
    });

    test.skipIf(slot.isKey || takesAll.test(label))('refuses values of other kinds', () => {
      for (const bad of valuesOfOtherKinds(slot)) expect(refusedNowhere(bad)).toEqual([]);
    });

    test('refuses numbers that lose digits', () => {
      if (!slot.isKey) expect(refusedNowhere('2^53 + 1')).toEqual([]);
    });

    test.runIf(slot.takes.has('number') && !takesAnyNumber.test(label))('refuses negative numbers and parts', () => {
      for (const bad of [-1, 1.5]) expect(refusedNowhere(bad)).toEqual([]);
    });

    test.runIf(slot.takes.has('text'))('refuses control characters and halves of characters', () => {
      const isText = ways.filter(({ value }) => typeof value === 'string');
      for (const bad of injections) {
        if (takesLines.test(label) && /^[^\p{Cc}\p{Cs}]*[\r\n]+[^\p{Cc}\p{Cs}]*$/u.test(bad))
          for (const way of isText) expect([label, bad, isKept(way, bad)]).toEqual([label, bad, true]);
        else expect(refusedNowhere(bad)).toEqual([]);
      }
      for (const { value, ...way } of isText)
        for (const end of afterwards) {
          const bad = `${String(value)}${end}`;
          const isFine = takesLines.test(label) && end.includes('\n');
          if (!isFine) expect([bad, isRefused({ value, ...way }, bad, slot.isKey)]).toEqual([bad, true]);
        }
    });
  },
);
