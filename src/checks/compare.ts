import { type Answer, valuesOf } from './answer.ts';
import type { Ask, Expectation, HeaderExpectation, StatusRule } from './check.ts';
import type { Verdict } from './result.ts';

type Failed = Extract<Verdict, { outcome: 'failed' }>;

/** The first thing about an answer that is not as it must be. Of its texts only what is `tellable` is told. */
export function compare(
  answer: Answer,
  ask: Ask,
  { status, headers = [], body }: Expectation,
  tellable: (text: string) => string,
): Failed | undefined {
  const asked = `${ask.method} ${ask.target}`;
  const failed = (expected: string, got: string): Failed => ({ outcome: 'failed', expected, got: `${got} (${asked})` });
  if (status !== undefined && !statusFits(answer.status, status)) return failed(showStatus(status), `${answer.status}`);
  for (const each of headers) {
    const got = valuesOf(answer, each.name);
    if (headerFits(got, each)) continue;
    const lines =
      got.length === 0 ? `no ${each.name}` : got.map((value) => `${each.name}: ${tellable(value)}`).join(' | ');
    return {
      ...failed(showHeader(each), `${lines} on a ${answer.status}`),
      ...(each.origin && { origin: each.origin }),
    };
  }
  if (body === undefined) return undefined;
  if ('is' in body) return answer.body === body.is ? undefined : failed(quoted(body.is), quoted(tellable(answer.body)));
  return answer.body.includes(body.contains)
    ? undefined
    : failed(`a body that contains ${quoted(body.contains)}`, quoted(tellable(answer.body)));
}

function statusFits(status: number, rule: StatusRule): boolean {
  if ('oneOf' in rule) return rule.oneOf.includes(status);
  if ('hundreds' in rule) return rule.hundreds.includes(Math.floor(status / 100));
  return !rule.not.includes(status);
}

function showStatus(rule: StatusRule): string {
  if ('oneOf' in rule) return rule.oneOf.join(' or ');
  if ('hundreds' in rule) return rule.hundreds.map((each) => `${each}xx`).join(' or ');
  return `anything but ${rule.not.join(', ')}`;
}

function headerFits(got: readonly string[], { rule }: HeaderExpectation): boolean {
  switch (rule.kind) {
    case 'once':
      return got.length === 1 && got[0] === rule.value;
    case 'one of them':
      return got.includes(rule.value);
    case 'absent':
      return got.length === 0;
    case 'there':
      return got.length > 0;
    case 'contains':
      return got.some((value) => value.includes(rule.text));
    case 'lacks':
      return !got.some((value) => value.includes(rule.text));
    default:
      return rule satisfies never;
  }
}

function showHeader({ name, rule }: HeaderExpectation): string {
  switch (rule.kind) {
    case 'once':
      return `${name}: ${rule.value}, once`;
    case 'one of them':
      return `${name}: ${rule.value}, among others`;
    case 'absent':
      return `no ${name}`;
    case 'there':
      return `${name}, whatever it says`;
    case 'contains':
      return `${name} with ${quoted(rule.text)}`;
    case 'lacks':
      return `no ${name} with ${quoted(rule.text)}`;
    default:
      return rule satisfies never;
  }
}

/** Short, and on one line. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}…` : text);
}
