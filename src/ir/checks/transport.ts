import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Model, Site } from '../model.ts';
import { covers } from '../order.ts';
import { type CheckContext, eachRoute, error, warning } from './finding.ts';

/** A credential in plain http is a credential for everyone on the way. */
export function authInTheClear({ sites }: Model): Diagnostic[] {
  return sites.flatMap((site) => {
    const guarded = site.routes.find(({ modifiers: { auth } }) => auth && !auth.value.client_certificate);
    if (!guarded?.modifiers.auth || !isInTheClear(site) || isLocal(site)) return [];
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

function isInTheClear({ tls, http }: Site): boolean {
  return tls.value === 'off' || http.value === 'serve';
}

function isLocal({ listen }: Site): boolean {
  return listen.length > 0 && listen.every(({ value }) => /^(127\.|\[::1\]|unix\/)/.test(value));
}

/** Only a handshake asks for a client certificate, so plain http would let everyone in. */
export function certificatesAreAsked({ sites }: Model): Diagnostic[] {
  return sites.flatMap((site) => {
    const { auth } = site.modifiers;
    if (!auth?.value.client_certificate) return [];
    const { tls, http, tunnel, trustedProxies: trusted, hosts } = site;
    const past =
      tls.value === 'off'
        ? { origin: tls.origin, hint: 'leave TLS on' }
        : http.value === 'serve'
          ? { origin: http.origin, hint: 'use "http: redirect"' }
          : tunnel
            ? { origin: tunnel.origin, hint: 'guard what comes by a tunnel with basic, bearer or forward' }
            : trusted.value.length > 0 && http.value === 'redirect'
              ? {
                  origin: trusted.origin,
                  hint: 'a proxy in front ends TLS: say "http: off", or guard by another "auth"',
                }
              : undefined;
    if (!past) return [];
    const message = `${hosts[0]} asks for a client certificate, and is served in plain http too, where nobody has one`;
    const related = { message: 'the certificate is asked for here', origin: auth.origin };
    return [error({ code: 'certificate-past-tls', message, ...past, related })];
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
        hint: 'name one URL, which may answer for all',
        ...(first && { related: { message: 'the other one', origin: first.origin } }),
      }),
    );
}

/** An authority signs for a wildcard only by DNS, and Caddy has no DNS provider of its own. */
export function wildcardCertificates({ sites }: Model, { internalCa }: CheckContext): Diagnostic[] {
  if (internalCa) return [];
  return sites
    .filter(({ hosts, tls }) => tls.value === 'auto' && hosts[0]?.startsWith('*.'))
    .map(({ hosts, tls }) => {
      const message = `no public authority gives Caddy a certificate for ${hosts[0]}, so nothing would answer there by https`;
      const hint = 'say "tls: internal", certificate files, or "on_demand" with its permission URL';
      return warning({ code: 'wildcard-certificate', message, origin: tls.origin, hint });
    });
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
          hint: 'make them say the same',
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
