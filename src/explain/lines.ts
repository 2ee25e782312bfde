import type { Route } from '../ir/model.ts';
import type { Origin } from '../ir/origin.ts';
import { showPath } from '../policy/schema/path.ts';
import type { Answer, HeaderChange, Step, Way } from './answer.ts';
import { upstreamName, verdictOf } from './verdict.ts';

/** One line of the text: how deep it stands, its first word, what it says, and the line of the policy behind it. */
export interface Line {
  readonly kind: 'title' | 'text' | 'good' | 'bad' | 'open' | 'verdict' | 'gap';
  readonly label: string;
  readonly text: string;
  readonly origin?: Origin | undefined;
}

const gap: Line = { kind: 'gap', label: '', text: '' };

/** An answer as lines to be read. */
export function answerLines(answer: Answer): Line[] {
  const { ways } = answer;
  const blocks = ways.flatMap((way, index) => [...provision(ways, index), ...wayLines(way), gap]);
  const lost = answer
    .losers()
    .map(({ route, why }): Line => ({ kind: 'text', label: showPath(route.pattern), text: why, origin: route.origin }));
  const others: Line[] = lost.length === 0 ? [] : [title('other routes that take this path'), ...lost, gap];
  const verdicts = ways.map((way, index): Line => {
    const said = verdictOf(way);
    if (ways.length === 1) return { kind: 'verdict', label: '→', text: said };
    return {
      kind: 'verdict',
      label: '→',
      text: `${provided(way, index, ways)}: ${said}`,
    };
  });
  return [...blocks, ...others, ...verdicts];
}

function provided(way: Way, index: number, ways: readonly Way[]): string {
  return index === ways.length - 1 ? 'else' : `${index === 0 ? 'if' : 'else if'} ${way.provided.join(' and ')}`;
}

function provision(ways: readonly Way[], index: number): Line[] {
  const way = ways[index];
  if (ways.length === 1 || way === undefined) return [];
  const text =
    way.provided.length > 0 ? `only Caddy can tell whether ${way.provided.join(' and ')} holds; if so` : 'else';
  return [{ kind: 'open', label: '?', text }];
}

function title(text: string): Line {
  return { kind: 'title', label: text, text: '' };
}

function wayLines({ site, route, steps, end }: Way): Line[] {
  const where: Line[] = [
    ...(site ? [{ kind: 'text', label: 'site', text: site.hosts.join(', '), origin: site.origin } as const] : []),
    ...(route ? [{ kind: 'text', label: 'route', text: showPath(route.pattern), origin: route.origin } as const] : []),
  ];
  let number = 0;
  const passed = steps.flatMap((step) => stepLines(step, ++number));
  if (end.kind !== 'proxy') {
    const last = route && end.kind !== 'refused' ? [answered(end.kind, ++number, route)] : [];
    return [...where, ...(passed.length + last.length > 0 ? [gap, ...passed, ...last] : [])];
  }
  const { upstream, sees } = end;
  const last: Line = {
    kind: 'good',
    label: `${++number}. proxy`,
    text: upstreamName(upstream),
    origin: upstream.origin,
  };
  const seen = [
    { kind: 'text', label: '', text: `${sees.method} ${sees.uri}` } as const,
    {
      kind: 'text',
      label: '',
      text: `Host: ${sees.host === '{upstream}' ? "the app's own address" : sees.host}`,
    } as const,
    ...sees.headers.map(({ name, value, origin }): Line => {
      return { kind: 'text', label: '', text: value === null ? `${name} is taken away` : `${name}: ${value}`, origin };
    }),
  ];
  return [...where, gap, ...passed, last, gap, title('the app sees'), ...seen];
}

function answered(kind: string, number: number, { origin }: Route): Line {
  return { kind: 'good', label: `${number}. ${kind}`, text: '', origin };
}

const KINDS = { passes: 'good', ends: 'bad', depends: 'open' } as const;

function stepLines(step: Step, number: number): Line[] {
  const status = step.refusal && step.verdict !== 'passes' ? `${step.refusal.status}: ` : '';
  const says = step.kind === 'headers' ? [] : [`${status}${step.says}`];
  const changes = (step.headers ?? []).map(changeText);
  const [first, ...rest] = [...says.map((text) => ({ text, origin: step.origin })), ...changes];
  return [
    { kind: KINDS[step.verdict], label: `${number}. ${step.kind}`, text: first?.text ?? '', origin: first?.origin },
    ...rest.map(({ text, origin }): Line => ({ kind: 'text', label: '', text, origin })),
  ];
}

function changeText({ name, rule, origin }: HeaderChange): { text: string; origin: Origin | undefined } {
  const texts = {
    set: () => `${name}: ${'value' in rule ? rule.value : ''}`,
    add: () => `${name}: ${'value' in rule ? rule.value : ''} (one more)`,
    default: () => `${name}: ${'value' in rule ? rule.value : ''} (where the app sends none)`,
    remove: () => `no ${name}`,
    keep: () => `${name} as the app sends it`,
  };
  return { text: texts[rule.kind](), origin };
}
