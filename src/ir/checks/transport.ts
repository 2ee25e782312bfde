import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Model, Site } from '../model.ts';
import { covers } from '../order.ts';
import { eachRoute, error, warning } from './finding.ts';

/** A credential in plain http is a credential for everyone on the way. */
export function authInTheClear({ sites }: Model): Diagnostic[] {
  return sites.flatMap((site) => {
    const guarded = site.routes.find(({ modifiers }) => modifiers.auth);
    if (!guarded?.modifiers.auth || site.http.value !== 'serve' || isLocal(site)) return [];
    const message = `${site.hosts[0]} asks for credentials, and is served over plain http`;
    const origin = site.tls.value === 'off' ? site.tls.origin : site.http.origin;
    const related = { message: 'the credentials are asked for here', origin: guarded.modifiers.auth.origin };
    return [
      error({
        code: 'auth-in-the-clear',
        message,
        origin,
        at: 'value',
        related,
        hint: 'use "http: redirect" and leave TLS on',
      }),
    ];
  });
}

function isLocal({ listen }: Site): boolean {
  return listen.length > 0 && listen.every(({ value }) => /^(127\.|\[::1\]|unix\/)/.test(value));
}

/** Sites on one listener share Caddy's list of trusted proxies, so those that name any must name the same. */
export function oneTrustPerListener({ sites }: Model): Diagnostic[] {
  const first = new Map<string, Site>();
  return sites.flatMap((site) => {
    if (site.trustedProxies.value.length === 0) return [];
    const listener = site.listen.map(({ value }) => value).join() || 'the usual ports';
    const other = first.get(listener);
    if (!other) first.set(listener, site);
    if (!other || isDeepStrictEqual(other.trustedProxies.value.toSorted(), site.trustedProxies.value.toSorted()))
      return [];
    const message = `${site.hosts[0]} and ${other.hosts[0]} are both served on ${listener}, and trust different proxies`;
    const related = { message: 'the other list', origin: other.trustedProxies.origin };
    const hint = 'name the same proxies, or give one of the sites a "tunnel" or "listen" of its own';
    return [error({ code: 'trusted-proxies-differ', message, origin: site.trustedProxies.origin, hint, related })];
  });
}

/** Caddy asks one place for all certificates on demand. */
export function oneOnDemandPermission({ sites }: Model): Diagnostic[] {
  const asks = sites.flatMap(({ tls }) =>
    typeof tls.value === 'object' && 'on_demand' in tls.value
      ? [{ ask: tls.value.on_demand.ask, origin: tls.origin }]
      : [],
  );
  const [first] = asks;
  return asks
    .filter(({ ask }) => ask !== first?.ask)
    .map(({ origin }) =>
      error({
        code: 'on-demand-differs',
        message: 'Caddy asks one place for permission for all certificates on demand, and two are named',
        origin,
        ...(first && { related: { message: 'the other one', origin: first.origin } }),
      }),
    );
}

/** Compressing a stream holds its events back until a block is full. */
export function compressedStreams(model: Model): Diagnostic[] {
  return eachRoute(model, ({ handler, modifiers: { compress }, pattern, origin }) => {
    if (handler.kind !== 'proxy' || !compress || compress.origin.path.slice(0, -1).join() !== origin.path.join())
      return [];
    if (!handler.upstream.facts.streams.some((stream) => covers(stream, pattern))) return [];
    const message = `this is a stream of "${handler.upstream.service}", and compressing it would hold its events back`;
    return [error({ code: 'compressed-stream', message, origin: compress.origin, hint: 'remove "compress" here' })];
  });
}

/** Two sites of an owner on one address must agree on whether it is encrypted. */
export function oneSecurityPerListener({ sites }: Model): Diagnostic[] {
  const first = new Map<string, { tls: boolean; site: Site }>();
  const meet = (listen: string, tls: boolean, site: Site, origin: Site['origin']): Diagnostic[] => {
    const other = first.get(listen);
    if (!other) first.set(listen, { tls, site });
    if (!other || other.tls === tls) return [];
    const message = `${listen} would serve ${site.hosts[0]} ${tls ? 'by https' : 'in plain http'}, and ${other.site.hosts[0]} the other way`;
    return [error({ code: 'listener-mixed', message, origin, hint: 'give them different addresses' })];
  };
  return sites.flatMap((site) => [
    ...site.listen.flatMap(({ value, origin }) => meet(value, site.tls.value !== 'off', site, origin)),
    ...(site.tunnel ? meet(site.tunnel.value.listen, false, site, site.tunnel.origin) : []),
  ]);
}

/** What browsers do with some headers is seldom what was meant. */
export function headerAdvice(model: Model): Diagnostic[] {
  return eachRoute(model, ({ modifiers: { headers, cors } }, { tls }) => {
    const text = (name: string) => {
      const rule = headers.get(name);
      return rule && 'value' in rule.value ? { text: rule.value.value, origin: rule.origin } : undefined;
    };
    const hsts = text('Strict-Transport-Security');
    const frame = text('X-Frame-Options');
    const csp = text('Content-Security-Policy');
    const found: Diagnostic[] = [];
    if (hsts && /preload/i.test(hsts.text) && tls.value === 'internal') {
      const message = 'HSTS preload is for the public internet, and this site has a certificate of an internal CA';
      found.push(
        warning({ code: 'hsts-preload-internal', message, origin: hsts.origin, hint: 'leave "preload" out here' }),
      );
    }
    const ancestors = /frame-ancestors\s+([^;]+)/i.exec(csp?.text ?? '')?.[1]?.trim();
    if (frame && csp && ancestors !== undefined && (frame.text === 'DENY' ? "'none'" : "'self'") !== ancestors) {
      const message = `X-Frame-Options says ${frame.text} and frame-ancestors says ${ancestors}: browsers follow the second`;
      found.push(
        warning({
          code: 'frame-options-differ',
          message,
          origin: frame.origin,
          related: { message: 'the other', origin: csp.origin },
        }),
      );
    }
    if (cors && cors.value.origins === '*' && cors.value.credentials) {
      const message = 'every origin may call with credentials, so any page that a user visits can act as that user';
      found.push(
        warning({ code: 'cors-any-with-credentials', message, origin: cors.origin, hint: 'name the origins' }),
      );
    }
    return found;
  });
}
