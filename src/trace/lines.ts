import type { Line } from '../explain/lines.ts';
import { showEnd } from './endings.ts';
import type { LiveListener, Trace } from './trace.ts';

/** A trace as lines to be read. */
export function traceLines({ passed, ways }: Trace, { name }: Pick<LiveListener, 'name'>): Line[] {
  const gap: Line = { kind: 'gap', label: '', text: '' };
  const routes = passed.flatMap(({ id, label, facts, isOpen }, index): Line[] => [
    { kind: isOpen ? 'open' : 'good', label: `${index + 1}. route`, text: label },
    ...(id === undefined ? [] : [{ kind: 'text', label: '', text: `@id ${id}` } as const]),
    ...facts.map(
      ([fact, text]): Line => ({
        kind: 'text',
        label: `   ${fact}`,
        text: text === '' ? 'in a form of its own' : text,
      }),
    ),
  ]);
  const verdicts = ways.map(({ provided, end }, index): Line => {
    const last = index === ways.length - 1;
    const when = ways.length === 1 ? '' : last ? 'else: ' : `${index === 0 ? 'if' : 'else if'} ${provided}: `;
    return { kind: 'verdict', label: '→', text: `${when}${showEnd(end)}` };
  });
  return [{ kind: 'text', label: 'server', text: name }, gap, ...routes, gap, ...verdicts];
}
