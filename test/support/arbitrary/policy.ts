import * as fc from 'fast-check';
import { adjustableCodes } from '../../../src/diagnostics/codes.ts';
import { auth, log, modifiers, protocols, trustedProxies } from './modifiers.ts';
import { services } from './service.ts';
import { hostKeys, siteValue } from './site.ts';
import { type Authored, certificateFile, keyFile, maybe, oneOrMore, partial, withoutAbsent } from './values.ts';

/** Presets by what they may be used for: `plain` and `nested` everywhere, `gate` where credentials are safe, `lan` by sites. */
const presets = fc.record({
  plain: partial(modifiers),
  nested: partial({ ...modifiers, use: oneOrMore(fc.constantFrom('secure', 'plain')) }),
  gate: partial({ ...modifiers, auth }),
  lan: fc
    .record({
      tls: fc.oneof(fc.constantFrom('auto', 'internal'), fc.record({ certificate: certificateFile, key: keyFile })),
      http: fc.constantFrom('redirect', 'off'),
      protocols: maybe(protocols),
      log: maybe(log),
      trusted_proxies: maybe(fc.constant(trustedProxies)),
    })
    .map(withoutAbsent),
});

function global(mayRaw: boolean): fc.Arbitrary<Authored> {
  return fc
    .tuple(
      partial({
        email: fc.constant('admin@example.com'),
        protocols,
        never_expose: fc.uniqueArray(fc.constantFrom(6379, 5432, 1, 65_535), { maxLength: 3 }),
        diagnostics: fc.oneof(
          fc.dictionary(fc.constantFrom(...adjustableCodes), fc.constantFrom('off', 'warning'), { maxKeys: 3 }),
          fc.constant({ 'frame-options-differ': 'error' }),
        ),
        trusted_proxies: fc.constant([]),
      }),
      fc.constantFrom(...(mayRaw ? ['allow', undefined] : ['forbid'])),
    )
    .map(([said, raw]) => withoutAbsent({ ...said, raw }));
}

/** A whole policy set as one map, valid by the way it is made: it compiles without an error. */
export const policySet: fc.Arbitrary<Authored> = fc.boolean().chain((mayRaw) =>
  fc
    .record({
      $schema: maybe(fc.constant('../src/policy/policy.schema.json')),
      global: maybe(global(mayRaw)),
      services,
      presets,
      sites: sites(mayRaw),
    })
    // Without a word on it, "raw" is allowed.
    .map((set) => withoutAbsent({ ...set, ...(!mayRaw && !set.global && { global: { raw: 'forbid' } }) })),
);

function sites(mayRaw: boolean): fc.Arbitrary<Authored> {
  const turns = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
  return turns.chain((chosen) =>
    fc
      .tuple(...chosen.map((turn) => fc.tuple(fc.constantFrom(...hostKeys(turn)), siteValue(turn, mayRaw))))
      .map((entries) => Object.fromEntries(entries)),
  );
}
