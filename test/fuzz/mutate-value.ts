import { pick, type Random } from '../support/random.ts';
import { oddPattern, oddText, oddValue } from './odd-values.ts';

type Path = readonly (string | number)[];

/** One change somewhere in a policy's values; the policy itself stays. */
export function mutateValue(policy: unknown, random: Random): unknown {
  const places = placesOf(policy);
  if (places.length === 0) return oddValue(random);
  const path = pick(random, places);
  const parent = path.slice(0, -1);
  const step = path.at(-1) as string | number;
  switch (random(9)) {
    case 0:
      return changedAt(policy, parent, (node) => without(node, step));
    case 1:
      return changedAt(policy, parent, (node) => renamed(node, step, oddText(random)));
    case 2:
      return changedAt(policy, path, () => valueAt(policy, pick(random, places)));
    case 3:
      return changedAt(policy, parent, (node) => withMore(node, oddText(random), valueAt(policy, path)));
    case 4:
      return changedAt(policy, path, (node) => withMore(node, pick(random, keysOf(places)), oddValue(random)));
    case 5:
      return changedAt(policy, path, (node) =>
        typeof node === 'string' ? edited(node, random) : Array.isArray(node) ? [...node, ...node] : oddValue(random),
      );
    case 6:
      return patternIn(policy, places, random);
    default:
      return changedAt(policy, path, () => oddValue(random));
  }
}

/** Patterns are a language of their own, and would else be met too seldom. */
function patternIn(policy: unknown, places: readonly Path[], random: Random): unknown {
  const whens = places.filter((path) => path.at(-1) === 'when' || path.at(-1) === 'regex');
  if (whens.length === 0) return policy;
  const path = pick(random, whens);
  return changedAt(policy, path, () => (path.at(-1) === 'when' ? { regex: oddPattern(random) } : oddPattern(random)));
}

function placesOf(root: unknown): Path[] {
  const found: Path[] = [];
  const visit = (node: unknown, path: Path): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, child] of Object.entries(node)) {
      const here = [...path, Array.isArray(node) ? Number(key) : key];
      found.push(here);
      visit(child, here);
    }
  };
  visit(root, []);
  return found;
}

function keysOf(places: readonly Path[]): string[] {
  const keys = places.flatMap((path) => path.filter((step) => typeof step === 'string'));
  return keys.length === 0 ? ['sites'] : keys;
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, step) => (node as Record<string | number, unknown>)[step], root);
}

function changedAt(node: unknown, path: Path, change: (node: unknown) => unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return change(node);
  if (Array.isArray(node)) return node.map((item, index) => (index === step ? changedAt(item, rest, change) : item));
  const entries = Object.entries(node as Record<string, unknown>);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, key === step ? changedAt(value, rest, change) : value]),
  );
}

function without(node: unknown, step: string | number): unknown {
  if (Array.isArray(node)) return node.filter((_, index) => index !== step);
  return Object.fromEntries(Object.entries(node as object).filter(([key]) => key !== step));
}

function renamed(node: unknown, step: string | number, name: string): unknown {
  if (Array.isArray(node)) return node;
  return Object.fromEntries(Object.entries(node as object).map(([key, value]) => [key === step ? name : key, value]));
}

function withMore(node: unknown, key: string, value: unknown): unknown {
  if (Array.isArray(node)) return [...node, value];
  return typeof node === 'object' && node !== null ? { ...node, [key]: value } : { [key]: node };
}

function edited(text: string, random: Random): string {
  const at = random(text.length + 1);
  return random(2) === 0
    ? text.slice(0, at) + oddText(random) + text.slice(at)
    : text.slice(0, at) + text.slice(at + 1);
}
