import type { BehaviourDiff, Line } from './line.ts';
import { changeText } from './words.ts';

/** The same for programs: which requests, what changes, and one that shows it. */
export function behaviourAsJson({ lines, notes }: BehaviourDiff): object {
  return { changed: lines.length > 0, lines: lines.map(lineJson), notes };
}

function lineJson({ change, where, example }: Line): object {
  const { of, before, after } = change;
  return {
    says: changeText(change),
    of,
    before: before ?? null,
    after: after ?? null,
    requests: {
      at: where.at,
      hosts: where.hosts,
      paths: where.paths.map(({ path, isIn }) => ({ path, in: isIn })),
      when: where.cases.filter((each) => each.length > 0),
    },
    example: {
      ...example,
      from: example.from ?? null,
      headers: example.headers.map(([name, value]) => ({ name, value })),
    },
  };
}
