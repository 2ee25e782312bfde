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

/** What else proxies say: that TLS ended there, and for which host. */
export const saidByProxies: readonly Dimension[] = [
  said('X-Forwarded-Proto', 'https', 'http'),
  said('X-Forwarded-Host', 'said.example'),
];

function said(name: string, ...values: readonly string[]): Dimension {
  return {
    of: `header ${name}`,
    classes: [
      { says: 'absent', shape: asItIs },
      ...values.map((value): Class => ({ says: value, shape: (draft) => withHeader(draft, name, value) })),
    ],
    classOf: ({ received }) => {
      const lines = received.headers.get(name);
      if (lines === undefined) return 0;
      // Any other is like the last one.
      return 1 + (lines.some((line) => line === values[0]) ? 0 : values.length - 1);
    },
  };
}
