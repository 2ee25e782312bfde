import type { Judged, StatusDocument } from '../../daemon/status/document.ts';
import { isFine } from '../../daemon/status/health.ts';
import { since } from '../../daemon/status/page/time.js';
import { type Condition, conditionTypes } from '../../daemon/status/state.ts';
import { table } from '../table.ts';

interface Shown extends Judged {
  readonly name: string;
  readonly conditions: readonly Condition[];
}

/** Files and sites that are not fine, or with `all` each of them, as kubectl shows things. Empty where there is nothing to show. */
export function placesTable({ files, sites }: StatusDocument, { all, now }: { all: boolean; now: number }): string {
  const groups: readonly (readonly [title: string, members: readonly Shown[]])[] = [
    ['FILE', files.map((file) => ({ ...file, name: file.held ? `${file.path} (older text)` : file.path }))],
    ['SITE', sites.map((site) => ({ ...site, name: site.hosts.join(',') }))],
  ];
  const tables = groups.map(([title, members]) => {
    const shown = members.filter(({ fine }) => all || !fine);
    if (shown.length === 0) return '';
    const head = [title, ...conditionTypes.map((type) => type.toUpperCase()), 'FOR', 'WHY'];
    return table([head, ...shown.map((each) => row(each, now))]);
  });
  return tables.filter(Boolean).join('\n');
}

function row({ name, conditions }: Shown, now: number): string[] {
  const statuses = conditionTypes.map((type) => conditions.find((each) => each.type === type)?.status ?? '');
  const first = conditions.find((each) => !isFine([each]));
  const newest = conditions
    .map((each) => each.since)
    .toSorted()
    .at(-1);
  const time = first?.since ?? newest;
  return [name, ...statuses, time === undefined ? '' : since(time, now), first?.message ?? ''];
}
