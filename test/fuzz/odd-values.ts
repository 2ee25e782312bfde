import { readFileSync } from 'node:fs';
import { pick, type Random } from '../support/random.ts';

/** At the edge of what fields take, and beyond it: a config of any that passes must please Caddy. */
const odd = JSON.parse(readFileSync(new URL('odd.json', import.meta.url), 'utf8')) as {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
  readonly patterns: readonly string[];
  /** Of YAML. */
  readonly tokens: readonly string[];
};

const texts = [
  ...odd.texts,
  `${'a'.repeat(63)}.b`,
  `${'a'.repeat(64)}.b`,
  `${'a.'.repeat(126)}b`,
  'a'.repeat(300),
  'é'.repeat(500),
];

export function oddPattern(random: Random): string {
  return Array.from({ length: 1 + random(8) }, () => pick(random, odd.patterns)).join('');
}

export function oddText(random: Random): string {
  switch (random(8)) {
    case 0:
      return oddPattern(random);
    case 1:
      return pick(random, texts) + pick(random, texts);
    case 2:
      return `${pick(random, ['/', '=/', '/a/', 'https://', '*.', 'unix//', '${'])}${pick(random, texts)}`;
    default:
      return pick(random, texts);
  }
}

export function oddValue(random: Random): unknown {
  switch (random(12)) {
    case 0:
      return pick(random, [true, false, null, [], {}, [[]], [null], { a: 1 }, { '': '' }]);
    case 1:
    case 2:
      return pick(random, odd.numbers);
    case 3:
      return Array.from({ length: random(4) }, () => oddText(random));
    case 4:
      return { [oddText(random)]: oddValue(random) };
    default:
      return oddText(random);
  }
}

export function oddToken(random: Random): string {
  return pick(random, odd.tokens);
}
