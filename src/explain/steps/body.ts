import { covers } from '../../ir/order.ts';
import { showSize } from '../../policy/schema/scalars.ts';
import type { Step } from '../answer.ts';
import { pathTest } from '../match/path.ts';
import type { Place } from '../place.ts';
import { refusal } from './refusal.ts';

/** Why the path of a request is refused before an app: to a matcher it is resolved, to the app it is as it stands. */
export function dotSegmentStep({ handler, received, modifiers }: Place): Step[] {
  if (handler.kind !== 'proxy' || !/(^|[/\\])\.\.?([/\\;]|$)/.test(received.target.path)) return [];
  return [
    {
      kind: 'dot_segments',
      verdict: 'ends',
      says: 'a "." or ".." in a path is not handed to an app',
      refusal: refusal(400, modifiers),
    },
  ];
}

export function maxBodyStep({ modifiers, received }: Place): Step[] {
  const { maxBody } = modifiers;
  if (!maxBody) return [];
  const { value: most, origin } = maxBody;
  const refused = refusal(413, modifiers);
  const base = { kind: 'max_body', origin } as const;
  const lengths = received.headers.get('Content-Length');
  if (lengths?.some((length) => BigInt(length) > most))
    return [
      { ...base, verdict: 'ends', says: `a body of ${lengths[0]} bytes is over ${showSize(most)}`, refusal: refused },
    ];
  const isCounted = lengths === undefined && received.headers.has('Transfer-Encoding');
  return isCounted
    ? [{ ...base, verdict: 'depends', says: `a body without a length is cut at ${showSize(most)}`, refusal: refused }]
    : [{ ...base, verdict: 'passes', says: `a body of up to ${showSize(most)}` }];
}

/** Never for streams, which would be held back. */
export function compressStep({ modifiers: { compress }, handler, pattern, received }: Place): Step[] {
  if (!compress) return [];
  const { value: encodings, origin } = compress;
  const streams = handler.kind === 'proxy' ? handler.upstream.facts.streams : [];
  const isStream =
    streams.some((stream) => covers(stream, pattern)) ||
    streams.some((stream) => covers(pattern, stream) && pathTest(stream)(received.path));
  const says = isStream ? 'not for a stream' : `texts by ${encodings.join(' or ')}, where the client takes it`;
  return [{ kind: 'compress', verdict: 'passes', says, origin }];
}
