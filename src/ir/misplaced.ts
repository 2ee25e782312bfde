import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { RouteObject } from '../policy/schema/handler.ts';
import type { Layer } from './layers.ts';
import { type Origin, placeOf, within } from './origin.ts';
import type { PresetBook } from './preset-book.ts';

/** What a route says that only a site can: itself, or by a preset, where a gate would be missing without a word. */
export function misplacedKeys(given: RouteObject, origin: Origin, presets: PresetBook): Diagnostic[] {
  const own = siteOnlyKeys(given).map((key) => {
    const at = within(origin, key === 'client_certificate' ? 'auth' : key);
    return siteOnly(`"${key}" holds`, 'move it up to the site', at);
  });
  const byPresets = (given.use ?? []).flatMap((name, index) => {
    const at = within(origin, 'use', index);
    const used = presets.layersOf({ value: { use: [name] }, origin: at });
    return used.flatMap(({ value }) =>
      siteOnlyKeys(value).map((key) =>
        siteOnly(`what the preset "${name}" says of "${key}" holds`, 'use the preset on the site', at),
      ),
    );
  });
  return [...own, ...byPresets];
}

function siteOnly(what: string, hint: string, origin: Origin): Diagnostic {
  return {
    code: 'site-only',
    severity: 'error',
    message: `${what} for a whole site, not for one route`,
    hint,
    place: placeOf(origin),
  };
}

function siteOnlyKeys(given: Layer['value']): string[] {
  const asksCertificate = typeof given.auth === 'object' && given.auth.client_certificate !== undefined;
  const keys = (['trusted_proxies', 'log', 'tls', 'http', 'protocols'] as const).filter(
    (key) => given[key] !== undefined,
  );
  return [...keys, ...(asksCertificate ? ['client_certificate'] : [])];
}
