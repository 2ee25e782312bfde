import type { Modifiers } from '../../ir/model.ts';
import { meaningOf } from '../meaning.ts';
import { asItIs, type Class, type Dimension, withHeader } from './dimension.ts';

/** How large a body is, where routes differ in what they take. */
export function bodies(modifiers: readonly Modifiers[]): Dimension[] {
  const limits = [...new Set(modifiers.map(({ maxBody }) => maxBody?.value))];
  if (limits.length < 2) return [];
  const edges = limits.filter((limit) => limit !== undefined).toSorted((a, b) => a - b);
  const classes: Class[] = [
    { says: `up to ${edges[0]} bytes`, shape: asItIs },
    ...edges.map((edge, index): Class => {
      const next = edges[index + 1];
      return {
        says: `over ${edge} bytes${next === undefined ? '' : `, up to ${next}`}`,
        shape: (draft) => withHeader(draft, 'Content-Length', String(edge + 1)),
      };
    }),
  ];
  return [
    {
      of: 'body',
      classes,
      classOf: ({ received }) => {
        if (received.headers.has('Transfer-Encoding')) return -1;
        const lengths = received.headers.get('Content-Length') ?? ['0'];
        return Math.max(...lengths.map((length) => edges.filter((edge) => Number(length) > edge).length));
      },
    },
  ];
}

/** Headers for the app of which routes say different things: a client may send them itself. */
export function sentHeaders(modifiers: readonly Modifiers[]): Dimension[] {
  const names = new Set(modifiers.flatMap(({ requestHeaders }) => [...requestHeaders.keys()]));
  const differing = [...names].filter((name) => {
    return new Set(modifiers.map(({ requestHeaders }) => meaningOf(requestHeaders.get(name)?.value))).size > 1;
  });
  return differing.map((name) => ({
    of: `header ${name}`,
    classes: [
      { says: 'absent', shape: asItIs },
      { says: 'sent', shape: (draft) => withHeader(draft, name, 'sent') },
    ],
    classOf: ({ received }) => Number(received.headers.has(name)),
  }));
}
