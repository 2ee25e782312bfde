import type { Modifiers } from '../../ir/model.ts';
import { asItIs, type Class, type Dimension, withHeader } from './dimension.ts';

/** What is shown to the gates of some routes. Whether it is right only Caddy can tell. */
export function credentials(modifiers: readonly Modifiers[]): Dimension[] {
  const gates = modifiers.flatMap(({ auth }) => auth?.value ?? []);
  const users = [...new Set(gates.flatMap(({ basic }) => Object.keys(basic?.users ?? {})))];
  const tokens = gates.some(({ bearer }) => bearer !== undefined) ? ['Bearer token'] : [];
  if (users.length === 0 && tokens.length === 0) return [];
  const classes: Class[] = [
    { says: 'none', shape: asItIs },
    ...users.map((user): Class => {
      const word = Buffer.from(`${user}:password`).toString('base64');
      return { says: `of ${user}`, shape: (draft) => withHeader(draft, 'Authorization', `Basic ${word}`) };
    }),
    ...tokens.map((word): Class => ({ says: 'a token', shape: (draft) => withHeader(draft, 'Authorization', word) })),
  ];
  return [
    {
      of: 'credential',
      classes,
      classOf: ({ received }) => {
        const [given = ''] = received.headers.get('Authorization') ?? [];
        const [, scheme = '', word = ''] = /^(\w+) +(.*)$/.exec(given) ?? [];
        if (scheme.toLowerCase() === 'bearer') return 1 + users.length < classes.length ? 1 + users.length : 0;
        const user = Buffer.from(word, 'base64').toString().split(':', 1)[0] ?? '';
        return scheme.toLowerCase() === 'basic' ? 1 + users.indexOf(user) : 0;
      },
    },
  ];
}
