import { withoutPort } from '../../explain/client.ts';
import { isInRanges } from '../../explain/address-range.ts';
import { type Neighbourhood, narrowest, neighbourhoods } from './addresses.ts';
import { asItIs, type Class, type Dimension, withHeader } from './dimension.ts';

/** Who calls: by the connection, and by what a proxy says where one is believed. */
export function clients(ranges: readonly string[], trusted: readonly string[], isSocket: boolean): Dimension[] {
  const all = [...new Set([...ranges, ...trusted])];
  const known = neighbourhoods(all);
  const says = ({ range }: Neighbourhood): string => range ?? 'anywhere else';
  const from: Dimension = {
    of: 'client',
    classes: known.map((each): Class => ({ says: says(each), shape: (draft) => ({ ...draft, from: each.sample }) })),
    classOf: ({ received }) => known.findIndex(({ range }) => range === narrowest(received.from ?? '', all)),
  };
  const said: Dimension = {
    of: 'client said by a proxy',
    classes: [
      { says: 'none', shape: asItIs },
      ...known.map(
        (each): Class => ({ says: says(each), shape: (draft) => withHeader(draft, 'X-Forwarded-For', each.sample) }),
      ),
    ],
    classOf: ({ received }) => {
      const hops = received.headers.get('X-Forwarded-For');
      if (hops === undefined) return 0;
      const address = withoutPort(hops.join(',')).trim();
      // Which of several counts depends on who is believed.
      const isPlain = !address.includes(',') && /^[\d.:a-f]+$/i.test(address) && !isInRanges(address, trusted);
      return isPlain ? 1 + known.findIndex(({ range }) => range === narrowest(address, all)) : -1;
    },
  };
  return [...(isSocket || known.length < 2 ? [] : [from]), ...(trusted.length > 0 ? [said] : [])];
}

/** A proxy that ended TLS says so. */
export const saidHttps: Dimension = {
  of: 'header X-Forwarded-Proto',
  classes: [
    { says: 'absent', shape: asItIs },
    { says: 'https', shape: (draft) => withHeader(draft, 'X-Forwarded-Proto', 'https') },
  ],
  classOf: ({ received }) => Number(received.headers.get('X-Forwarded-Proto')?.includes('https') ?? false),
};
