import type { Modifiers } from '../../ir/model.ts';
import { goDuration } from '../duration.ts';
import { clientAddress } from '../match.ts';
import type { CaddyHandler, RouteContext } from './context.ts';
import { placeholder } from '../placeholders.ts';

/** The directive and handler of the module that `rate_limit` needs; no build has it by default. */
export const RATE_LIMIT_MODULE = 'rate_limit';

export function rateLimit(
  { rateLimit: limit }: Modifiers,
  zone: string,
  { client, modules }: RouteContext,
): CaddyHandler[] {
  if (!limit || (limit.value.optional && !modules?.has(RATE_LIMIT_MODULE))) return [];
  const { key, events, window } = limit.value;
  const keys = {
    client: clientAddress(client),
    host: placeholder('http.request.host'),
    all: 'all',
  };
  return [
    {
      handler: 'rate_limit',
      rate_limits: {
        [zone]: {
          key: typeof key === 'string' ? keys[key] : placeholder(`http.request.header.${key.header}`),
          max_events: events,
          window: goDuration(window),
        },
      },
    },
  ];
}
