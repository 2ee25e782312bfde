import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Model } from '../ir/model.ts';
import { placeOf } from '../ir/origin.ts';
import { isAtLeast } from './capabilities.ts';
import { RATE_LIMIT_MODULE } from './handlers/rate-limit.ts';
import type { RunningCaddy, Target } from './target.ts';

/** What the policies ask for and the running Caddy lacks, at the line that asks: refused, never dropped. */
export function missingRequirements(model: Model, { running }: Target): Diagnostic[] {
  return running === undefined ? [] : [...missingModules(model, running), ...missingTrust(model, running)];
}

/** `trusted_proxies_unix` came with 2.11.0. */
function missingTrust({ sites }: Model, { capabilities }: RunningCaddy): Diagnostic[] {
  if (isAtLeast(capabilities.level, '2.11')) return [];
  return sites.flatMap(({ listen, tunnel, trustedProxies }) => {
    const isOwn = trustedProxies.value.length > 0 && listen.some(({ value }) => value.startsWith('unix/'));
    const isTunnel = tunnel?.value.listen.startsWith('unix/') && tunnel.value.trusted_proxies.length > 0;
    if (!isOwn && !isTunnel) return [];
    return [
      {
        code: 'missing-feature',
        severity: 'error',
        message: 'this Caddy is older than 2.11, and believes no proxy on a Unix socket',
        hint: 'update it, or let the proxy call on 127.0.0.1',
        place: placeOf(isOwn ? trustedProxies.origin : (tunnel?.origin ?? trustedProxies.origin)),
      },
    ];
  });
}

function missingModules({ sites }: Model, { modules }: RunningCaddy): Diagnostic[] {
  return sites.flatMap(({ routes }) =>
    routes.flatMap(({ modifiers: { rateLimit } }): Diagnostic[] => {
      if (!rateLimit || modules.has(RATE_LIMIT_MODULE)) return [];
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
