import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { Target } from '../../src/caddy/target.ts';
import type { SourceFile } from '../../src/diagnostics/position.ts';
import { policySet } from '../support/arbitrary/policy.ts';
import { goldenFolder, goldenTarget } from '../support/golden.ts';
import { pick, type Random, randomFrom } from '../support/random.ts';
import { mutateText } from './mutate-text.ts';
import { mutateValue } from './mutate-value.ts';
import { packedPolicy } from './packed.ts';
import { writeYaml } from './write-yaml.ts';

/** What the compiler is given. The same number of the same seed is always the same. */
export interface Input {
  readonly sources: readonly SourceFile[];
  readonly target: Target;
  /** The same values written as JSON, where the text was only written in another way. */
  readonly asJson?: readonly SourceFile[];
}

// A Caddy of these modules is the one that is asked.
const running = { capabilities: { level: '2.11.3' as const }, modules: new Set<string>() };
const targets: readonly Target[] = [
  { ...goldenTarget, running },
  { ...goldenTarget, running, internalCa: true, httpPort: 8080, httpsPort: 9443, layout: 'plain' },
  {
    ...goldenTarget,
    running,
    owner: 'team-a',
    env: { A: 'value', B: '1', HOST: 'env.example.com', LONG: 'x'.repeat(9_000) },
  },
];

const goldenTexts: readonly string[] = readdirSync(goldenFolder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.ya?ml$/.test(name))
  .toSorted()
  .map((name) => readFileSync(join(goldenFolder, name), 'utf8'));

export function inputOf(seed: number, number: number): Input {
  const random = randomFrom(seed * 1_000_003 + number * 7_919);
  const target = pick(random, targets);
  const kind = random(100);
  if (kind < 10) return { target, sources: [file('a.json', JSON.stringify(packedPolicy(random, target), null, 1))] };
  if (kind < 25) return { target, sources: [file('a.yaml', mutated(pick(random, goldenTexts), random))] };
  const policy = mutatedValues(policyOf(random), random);
  if (kind < 30) return { target, sources: twoFiles(policy, random) };
  const json = [file('a.yaml', JSON.stringify(policy, null, 1))];
  const text = random(4) === 0 ? (json[0]?.text ?? '') : writeYaml(policy, random);
  if (kind < 70) return { target, sources: [file('a.yaml', text)], asJson: json };
  return { target, sources: [file('a.yaml', mutated(text, random))] };
}

function file(path: string, text: string): SourceFile {
  // As it comes from a file, which is read as UTF-8.
  return { path, text: new TextDecoder().decode(Buffer.from(text)) };
}

function policyOf(random: Random): unknown {
  return fc.sample(policySet, { seed: random(2 ** 31 - 1), numRuns: 1 })[0];
}

function mutatedValues(policy: unknown, random: Random): unknown {
  let changed = policy;
  for (let left = random(4); left > 0; left--) changed = mutateValue(changed, random);
  return changed;
}

function mutated(text: string, random: Random): string {
  let changed = text;
  for (let left = 1 + random(4); left > 0; left--) changed = mutateText(changed, random);
  return changed.slice(0, 2 ** 20);
}

/** One set in two files, the second with some of another set. */
function twoFiles(policy: unknown, random: Random): readonly SourceFile[] {
  const other = mutateValue(policyOf(random), random);
  return [file('a.yaml', writeYaml(policy, random)), file('b/c.json', JSON.stringify(other))];
}
