import { expect, test } from 'vitest';
import { compile } from '../../../src/compile.ts';
import { conditionsAfter } from '../../../src/daemon/watch/conditions.ts';
import type { Turn } from '../../../src/daemon/watch/turn.ts';
import { target } from '../some-model.ts';

type Known = Parameters<typeof conditionsAfter>[0];

function turnOf(text: string, kind: 'applied' | 'refused'): Turn {
  const sources = [{ path: 'p.yaml', text }];
  return {
    result: { kind, message: 'all would go', diagnostics: [] },
    read: { sources, diagnostics: [] },
    policies: { ...compile(sources, target), sources, held: new Map() },
    settled: undefined,
    loads: 0,
    changed: [],
    warnings: [],
  };
}
const hosts = ({ sites }: Known): string[] => sites.flatMap((site) => site.hosts);

test('sites that a guard lets nobody take away are served on, and told of', () => {
  const both = 'sites: { a.example.com: "localhost:1", b.example.com: "localhost:1" }';
  const before = conditionsAfter({ files: [], sites: [] }, turnOf(both, 'applied'), 'then');
  expect(hosts(before)).toEqual(['a.example.com', 'b.example.com']);
  const emptied = conditionsAfter(before, turnOf('', 'refused'), 'now');
  expect(hosts(emptied)).toEqual(['a.example.com', 'b.example.com']);
  const of = emptied.sites[0]?.conditions.find(({ type }) => type === 'Programmed');
  expect(of).toMatchObject({ status: 'False', reason: 'refused', message: 'all would go' });
  expect(hosts(conditionsAfter(emptied, turnOf('', 'applied'), 'later'))).toEqual([]);
});
