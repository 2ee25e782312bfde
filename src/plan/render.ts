import { styleText } from 'node:util';
import { linesByFile } from '../diagnostics/lines.ts';
import type { Place } from '../diagnostics/position.ts';
import { visible } from '../diagnostics/visible.ts';
import { type Change, countChanges, type FactChange, type RouteChange, type Sign } from './change.ts';
import type { Plan } from './plan.ts';
import { placeText } from './sides.ts';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';

const SIGNS: Readonly<Record<Sign, readonly [string, Style]>> = {
  add: ['+', 'green'],
  remove: ['-', 'red'],
  change: ['~', 'yellow'],
};

/** How many hosts of one change are named before the rest is counted. */
const MANY_HOSTS = 5;

/** A plan for people: changes, then what stands in its way if that is more than one thing, then the count. */
export function renderPlan(plan: Plan, { color }: { readonly color: boolean }): string {
  const paint = (style: Style, text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  // A single obstacle is the sentence with which the command fails; there is no need to say it twice.
  const isManifold = plan.conflicts.length + plan.refusals.length > 1;
  const known = linesByFile();
  const locate = (place: Place | undefined): string => paint('dim', visible(placeText(place, known)));
  const lines = [
    ...plan.changes.flatMap((change) => changeLines(change, paint, locate)),
    ...(isManifold ? plan.conflicts : []).flatMap(({ message, hint }) => [
      `${paint('red', 'conflict:')} ${visible(message)}`,
      ...(hint === undefined ? [] : [`${paint('cyan', 'hint:')} ${visible(hint)}`]),
    ]),
    ...(isManifold ? plan.refusals : []).flatMap(({ reason, allow }) => [
      `${paint('red', 'refused:')} ${visible(reason)}`,
      `${paint('cyan', 'hint:')} ${visible(allow)}`,
    ]),
    paint('bold', summary(plan)),
  ];
  return `${lines.join('\n')}\n`;
}

/** `Plan: 2 to add, 1 to change, 0 to remove` */
function summary(plan: Plan): string {
  if (plan.isNoop) return 'No changes: Caddy has what the policies say';
  const { add, change, remove } = countChanges(plan.changes);
  return `Plan: ${add} to add, ${change} to change, ${remove} to remove`;
}

type Paint = (style: Style, text: string) => string;

function changeLines(change: Change, paint: Paint, locate: (place: Place | undefined) => string): string[] {
  const [mark, style] = SIGNS[change.sign];
  const sign = paint(style, mark);
  switch (change.kind) {
    case 'take':
      return [`${sign} ${visible(change.name)}`];
    case 'item':
      return [
        `${sign} ${visible(change.name)}${inline(change.facts, change.sign)}`,
        ...below(change.facts, change.sign, '    '),
      ];
    case 'site': {
      const facts = change.sign === 'remove' ? [] : change.facts.map((fact) => `    ${factText(fact, change.sign)}`);
      const routes = change.routes.flatMap((route) => routeLines(route, paint));
      return [`${sign} site ${visible(hostsText(change.hosts))}${locate(change.place)}`, ...facts, ...routes];
    }
    default:
      return change satisfies never;
  }
}

function hostsText(hosts: readonly string[]): string {
  const rest = hosts.length - MANY_HOSTS;
  if (rest <= 1) return hosts.join(', ');
  return `${hosts.slice(0, MANY_HOSTS).join(', ')} and ${rest} more`;
}

function routeLines({ sign, label, facts }: RouteChange, paint: Paint): string[] {
  const [mark, style] = SIGNS[sign];
  const shown = sign === 'change' ? facts : summarised(facts);
  return [`    ${paint(style, mark)} route ${visible(label)}${inline(shown, sign)}`, ...below(shown, sign, '        ')];
}

/** One fact stands on the line of what it belongs to. */
function inline(facts: readonly FactChange[], sign: Sign): string {
  const [only, ...others] = facts;
  if (only === undefined || (others.length > 0 && sign === 'change')) return '';
  return `  ${sign === 'change' ? factText(only, sign) : facts.map((fact) => factText(fact, sign)).join(', ')}`;
}

function below(facts: readonly FactChange[], sign: Sign, indent: string): string[] {
  return sign === 'change' && facts.length > 1 ? facts.map((fact) => indent + factText(fact, sign)) : [];
}

/** A new or gone route by what it does and who may come in; its headers by number. */
function summarised(facts: readonly FactChange[]): FactChange[] {
  const isHeader = ({ name }: FactChange): boolean => /^(request )?header /.test(name);
  const first = ['to', 'respond', 'redirect', 'files', 'deny'];
  const rank = ({ name }: FactChange): number => (first.includes(name) ? 0 : 1);
  return facts.filter((fact) => !isHeader(fact)).toSorted((one, other) => rank(one) - rank(other));
}

function factText({ name, before, after }: FactChange, sign: Sign): string {
  const label = visible(name);
  const colon = /header /.test(name) ? ':' : '';
  if (sign !== 'change') return `${label}${colon} ${visible(after ?? before ?? '')}`.trimEnd();
  if (before === undefined) return `${label}${colon} ${visible(after ?? '')}`.trimEnd() + ' (new)';
  if (after === undefined) return `${label}${colon} ${visible(before)}`.trimEnd() + ' (no longer)';
  // In a form without words, or alike as far as they are shown.
  if (before === '' || after === '') return `${label} changed (by hand?)`;
  if (before === after) return `${label} changed`;
  return `${label}${colon} ${visible(before)} → ${visible(after)}`;
}
