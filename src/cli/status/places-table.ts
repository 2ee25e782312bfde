import type { Judged, StatusDocument } from '../../daemon/status/document.ts';
import { isFine } from '../../daemon/status/health.ts';
import { since } from '../../daemon/status/page/time.js';
import { type Condition, conditionTypes } from '../../daemon/status/state.ts';
import { table } from '../table.ts';

interface Shown extends Judged {
  readonly name: string;
  readonly conditions: readonly Condition[];
}

/** Where Caddy is away nothing is fine, and the headline has said why. */
const mostShown = 20;

/** Files and sites that are not fine, or with `all` each of them, as kubectl shows things. Empty where there is nothing to show. */
export function placesTable(
  { files, sites, reasons }: StatusDocument,
  { all, now }: { all: boolean; now: number },
): string {
  const groups: readonly (readonly [title: string, members: readonly Shown[]])[] = [
    ['FILE', files.map((file) => ({ ...file, name: file.held ? `${file.path} (older text)` : file.path }))],
    ['SITE', sites.map((site) => ({ ...site, name: site.hosts.join(',') }))],
  ];
  // In the headline; once is enough.
  const said = new Set(reasons.map(({ message }) => message));
  const tables = groups.map(([title, members]) => {
    const wanted = members.filter(({ fine }) => all || !fine);
    if (wanted.length === 0) return '';
    const shown = all ? wanted : wanted.slice(0, mostShown);
    const left = wanted.length - shown.length;
    const more = left > 0 ? `… and ${left} more, which --all shows\n` : '';
    const head = [title, ...conditionTypes.map((type) => type.toUpperCase()), 'FOR', 'WHY'];
    return `${table([head, ...shown.map((each) => row(each, said, now))])}${more}`;
  });
  return tables.filter(Boolean).join('\n');
}

function row({ name, conditions }: Shown, said: ReadonlySet<string>, now: number): string[] {
  const statuses = conditionTypes.map((type) => conditions.find((each) => each.type === type)?.status ?? '');
  const first = conditions.find((each) => !isFine([each]));
  const newest = conditions
    .map((each) => each.since)
    .toSorted()
    .at(-1);
  const time = first?.since ?? newest;
  const why = first === undefined ? '' : said.has(first.message) ? 'as said above' : first.message;
  return [name, ...statuses, time === undefined ? '' : since(time, now), why];
}
