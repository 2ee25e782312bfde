import { pick, type Random } from '../support/random.ts';
import { oddPattern, oddText, oddToken } from './odd-values.ts';

const mutations: readonly ((text: string, random: Random) => string)[] = [
  (text, random) => text.slice(0, random(text.length + 1)),
  (text, random) => cut(text, random, ''),
  (text, random) => cut(text, random, oddToken(random)),
  (text, random) => insert(text, random, oddToken(random)),
  (text, random) => insert(text, random, oddToken(random)),
  (text, random) => insert(text, random, oddText(random)),
  (text, random) => insert(text, random, JSON.stringify(oddText(random))),
  (text, random) => insert(text, random, pick(random, ['[', '{a: ', '- ', '? ', '"', '(']).repeat(1 + random(3_000))),
  (text, random) =>
    insert(text, random, pick(random, ['9', 'a', 'é', ' ', '\n', '${A}', '*', '/a', 'a.']).repeat(1 + random(20_000))),
  (text, random) => insert(text, random, JSON.stringify(oddPattern(random).repeat(1 + random(300)))),
  (text) => `\ufeff${text}`,
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => text.replaceAll('\n', '\r'),
  (text) => text.replaceAll('  ', '\t'),
  (text, random) => inLines(text, random, (line) => [line, line]),
  (text, random) => inLines(text, random, () => []),
  (text, random) => inLines(text, random, (line) => [`  ${line}`]),
  (text, random) => inLines(text, random, (line) => [line.trimStart()]),
  (text, random) => inLines(text, random, (line) => [line.replace(/: */, ': &a ')]),
  (text, random) => inLines(text, random, (line) => [line.replace(/: .*/, ': *a')]),
  (text, random) => inLines(text, random, (line) => [line.replace(/: */, ': !!str ')]),
  (text, random) => inLines(text, random, (line) => [line.replace(/: .*/, ': |')]),
  (text, random) => inLines(text, random, (line) => [line.replace(/\d+/, '9'.repeat(1 + random(400)))]),
  (text, random) => text + bomb(random),
  (text, random) => insert(text, random, text.slice(random(text.length + 1)).slice(0, 500)),
];

/** One change of the text, whatever it means. */
export function mutateText(text: string, random: Random): string {
  return pick(random, mutations)(text, random);
}

function insert(text: string, random: Random, what: string): string {
  const at = random(text.length + 1);
  return text.slice(0, at) + what + text.slice(at);
}

function cut(text: string, random: Random, instead: string): string {
  const at = random(text.length + 1);
  return text.slice(0, at) + instead + text.slice(at + 1 + random(20));
}

function inLines(text: string, random: Random, change: (line: string) => readonly string[]): string {
  const lines = text.split('\n');
  const at = random(lines.length);
  return lines.flatMap((line, index) => (index === at ? change(line) : [line])).join('\n');
}

/** Aliases of aliases: how they unfold is bounded, however they are told apart. */
function bomb(random: Random): string {
  const width = 2 + random(9);
  const rows = Array.from(
    { length: 1 + random(30) },
    (_, n) => `b${n + 1}: &b${n + 1} [${`*b${n}, `.repeat(width)}]\n`,
  );
  return `\nb0: &b0 [x, {y: z}]\n${rows.join('')}`;
}
