import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Model } from '../ir/model.ts';
import { placeOf } from '../ir/origin.ts';
import { RATE_LIMIT_MODULE } from './handlers/rate-limit.ts';
import type { Target } from './target.ts';

/** What the policies ask for and the running Caddy lacks, at the line that asks: refused, never dropped. */
export function missingRequirements({ sites }: Model, { running }: Target): Diagnostic[] {
  return sites.flatMap(({ routes }) =>
    routes.flatMap(({ modifiers: { rateLimit } }): Diagnostic[] => {
      if (!rateLimit || running === undefined || running.modules.has(RATE_LIMIT_MODULE)) return [];
      const optional = rateLimit.value.optional;
      return [
        {
          code: 'missing-module',
          severity: optional ? 'warning' : 'error',
          message: `this Caddy has no rate_limit module${optional ? ', so requests are not limited' : ''}`,
          hint: optional ? undefined : 'build it with xcaddy and caddy-ratelimit, or say "optional: true"',
          place: placeOf(rateLimit.origin),
        },
      ];
    }),
  );
}
