import { isInRanges } from '../address-range.ts';
import type { Step } from '../answer.ts';
import type { Place } from '../place.ts';
import { refusal } from './refusal.ts';

/** Who may come, by the client's address. */
export function accessSteps({ client, modifiers }: Place): Step[] {
  const { allowFrom, denyFrom } = modifiers;
  const who = client ?? 'a client without an address';
  const isIn = (ranges: readonly string[]) => client !== undefined && isInRanges(client, ranges);
  const refused = { verdict: 'ends', refusal: refusal(403, modifiers) } as const;
  const steps: Step[] = [];
  if (allowFrom) {
    const { value: ranges, origin } = allowFrom;
    const says = `${who} is ${isIn(ranges) ? '' : 'not '}in ${shown(ranges)}`;
    steps.push({ kind: 'allow_from', says, origin, ...(isIn(ranges) ? { verdict: 'passes' } : refused) });
  }
  if (denyFrom && denyFrom.value.length > 0) {
    const { value: ranges, origin } = denyFrom;
    const says = `${who} is ${isIn(ranges) ? '' : 'not '}in ${shown(ranges)}`;
    steps.push({ kind: 'deny_from', says, origin, ...(isIn(ranges) ? refused : { verdict: 'passes' }) });
  }
  return steps;
}

/** Only where Caddy has the module; whether the count is full, only Caddy knows. */
export function rateLimitStep({ modifiers, modules }: Place): Step[] {
  const { rateLimit } = modifiers;
  if (!rateLimit) return [];
  const { events, window, key, optional } = rateLimit.value;
  const isThere = modules?.has('rate_limit') ?? false;
  if (optional && !isThere) return [];
  const by = typeof key === 'string' ? key : `header ${key.header}`;
  const says = `${events} in ${window / 1_000}s by ${by}; beyond that a 429`;
  const { origin } = rateLimit;
  return [{ kind: 'rate_limit', verdict: 'depends', says, refusal: refusal(429, modifiers), origin }];
}

function shown(ranges: readonly string[]): string {
  const most = 4;
  const more = ranges.length - most;
  return ranges.length === 0
    ? 'an empty list'
    : `${ranges.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
