import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Model } from '../model.ts';
import { within } from '../origin.ts';
import { eachRoute, error, warning } from './finding.ts';

const SECRET_QUERY_KEYS = /^(access_token|api_?key|auth|jwt|key|password|secret|token)$/i;

/** An access log with tokens in it is a list of keys. */
export function loggedTokens(model: Model): Diagnostic[] {
  return eachRoute(model, ({ handler }, site) => {
    const { value: log, origin } = site.log;
    if (log === false || handler.kind !== 'proxy') return [];
    const asked = [...handler.upstream.facts.websocket, handler.upstream.facts.health ?? ''];
    const keys = asked.flatMap((path) => [...new URLSearchParams(path.split('?')[1] ?? '').keys()]);
    const leaked = keys.find((key) => SECRET_QUERY_KEYS.test(key) && !log.redact_query.includes(key));
    if (leaked === undefined) return [];
    const message = `the query key "${leaked}" of "${handler.upstream.service}" would stand in the access log`;
    return [warning({ code: 'logged-token', message, origin, hint: `log: { redact_query: [${leaked}] }` })];
  });
}

/** Most apps count their limits in MiB, and 25MB is 4.6 % less. */
export function decimalSizes(model: Model): Diagnostic[] {
  return eachRoute(model, ({ handler }) => {
    if (handler.kind !== 'proxy' || !handler.upstream.facts.max_upload?.decimal) return [];
    const message =
      'MB is 10^6 bytes, and most apps count uploads in MiB (2^20): the last bytes of a full upload would be refused';
    const origin = within(handler.upstream.origin, 'max_upload');
    return [
      warning({
        code: 'decimal-size',
        message,
        origin,
        at: 'value',
        hint: 'write MiB, or accept it: global: { diagnostics: { decimal-size: off } }',
      }),
    ];
  });
}

/** `global.raw: forbid`. */
export function forbiddenRaw(model: Model): Diagnostic[] {
  if (!model.rawForbidden) return [];
  return eachRoute(model, ({ handler, origin }) =>
    handler.kind === 'raw'
      ? [
          error({
            code: 'raw-forbidden',
            message: 'the operator forbids "raw" (global.raw)',
            origin: within(origin, 'raw'),
            hint: 'say it in the words of the language, or ask for "raw: allow"',
          }),
        ]
      : [],
  );
}

/** Addresses of one pool are reached in one way. */
export function mixedPools(model: Model): Diagnostic[] {
  return eachRoute(model, ({ handler }) => {
    if (handler.kind !== 'proxy') return [];
    const { addresses, facts, origin } = handler.upstream;
    const schemes = new Set(addresses.map(({ scheme }) => scheme));
    const found: Diagnostic[] = [];
    if (schemes.size > 1) {
      found.push(
        error({
          code: 'mixed-pool',
          message: `one pool is reached in one way, and this one mixes ${[...schemes].join(' and ')}`,
          origin,
          hint: 'make two services of it',
        }),
      );
    }
    if (facts.tls && !schemes.has('https')) {
      const message = '"tls" is for apps that are reached by https';
      found.push(
        error({
          code: 'tls-without-https',
          message,
          origin: within(origin, 'tls'),
          hint: 'write https:// before the address',
        }),
      );
    }
    return found;
  });
}
