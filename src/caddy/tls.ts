import type { Site } from '../ir/model.ts';
import { hostSlug, ownedId } from './ids.ts';
import type { JsonObject } from './json.ts';
import { isBelow, isPublicName } from './public-name.ts';
import type { Target } from './target.ts';

interface Model {
  readonly email?: { readonly value: string };
  readonly sites: readonly Site[];
}

/** Who makes certificates for which hosts. */
export function tlsApp({ email, sites }: Model, target: Target): JsonObject | undefined {
  const { owner } = target;
  const hosts = sites.flatMap((site) =>
    site.hosts.map((host) => ({ host, kind: certificateKind(site, host, target) })),
  );
  const isWildcard = (host: string) => host.startsWith('*.');
  const issuers = email ? { issuers: [{ module: 'acme', email: email.value }] } : {};
  // Caddy's own choice for a public name needs no policy, unless a wildcard below would take the name first.
  const saysAcme = email !== undefined || hosts.some(({ host, kind }) => kind !== 'auto' && isWildcard(host));
  const rules = [
    ...(saysAcme ? [{ name: 'acme', kind: 'auto', rule: issuers }] : []),
    { name: 'internal', kind: 'internal', rule: { issuers: [{ module: 'internal' }] } },
    { name: 'on-demand', kind: 'on_demand', rule: { on_demand: true, ...issuers } },
  ];
  // The first policy that covers a name decides, so exact names come before all wildcards.
  const policies = [false, true].flatMap((wildcards) =>
    rules.flatMap(({ name, kind, rule }) => {
      const subjects = hosts.filter((each) => each.kind === kind && isWildcard(each.host) === wildcards);
      if (subjects.length === 0) return [];
      const id = ownedId(owner, 'tls', wildcards ? `${name}-wildcards` : name);
      return [{ '@id': id, subjects: subjects.map(({ host }) => host).toSorted(), ...rule }];
    }),
  );
  const files = sites.flatMap((site) => certificateFiles(site, owner));
  const ask = sites.map(({ tls }) => tls.value).find((tls) => typeof tls === 'object' && 'on_demand' in tls);
  const onDemand = hosts.some(({ kind }) => kind === 'on_demand');
  const permission = onDemand && typeof ask === 'object' && 'on_demand' in ask && ask.on_demand.ask;
  const automation = {
    ...(permission && {
      on_demand: {
        '@id': ownedId(owner, 'tls', 'permission'),
        permission: { module: 'http', endpoint: permission },
      },
    }),
    ...(policies.length > 0 && { policies }),
  };
  const app = {
    ...(Object.keys(automation).length > 0 && { automation }),
    ...(files.length > 0 && { certificates: { load_files: files } }),
  };
  return Object.keys(app).length > 0 ? app : undefined;
}

/** Keeps Caddy from installing its root into the machine's trust store, which asks for a password in the middle of a push. */
export function pkiApp(model: Model, target: Target): JsonObject | undefined {
  const isInternal = (site: Site) => site.hosts.some((host) => certificateKind(site, host, target) === 'internal');
  if (!model.sites.some(isInternal)) return undefined;
  return { certificate_authorities: { local: { '@id': ownedId(target.owner, 'pki'), install_trust: false } } };
}

type CertificateKind = 'auto' | 'internal' | 'off' | 'files' | 'on_demand';

/** Who makes the certificate of one of a site's hosts. */
export function certificateKind(
  { tls: { value } }: Site,
  host: string,
  { internalCa }: Pick<Target, 'internalCa'>,
): CertificateKind {
  if (value === 'off') return 'off';
  if (typeof value === 'object' && 'certificate' in value) return 'files';
  if (internalCa) return 'internal';
  if (typeof value === 'object') return 'on_demand';
  return isPublicName(host) ? value : 'internal';
}

function certificateFiles({ tls: { value }, hosts }: Site, owner: string): JsonObject[] {
  if (typeof value !== 'object' || !('certificate' in value)) return [];
  const id = certificateTag(hosts, owner);
  return [{ '@id': id, certificate: value.certificate, key: value.key, tags: [id] }];
}

function certificateTag(hosts: readonly string[], owner: string): string {
  return ownedId(owner, 'certificate', hostSlug(hosts[0] ?? ''));
}

/** Rules for the handshake by server name, and at last the empty rule that turns TLS on for all the others. */
export function connectionPolicies(sites: readonly Site[], part: string, owner: string): JsonObject[] {
  const rules = sites.map((site) => ({ site, rule: handshakeRule(site, owner) }));
  const special = rules.filter(({ rule }) => Object.keys(rule).length > 0).flatMap(({ site }) => site.hosts);
  const policies = rules.flatMap(({ site: { hosts }, rule }) => {
    // The first rule that covers a name holds, so a plain site below a special wildcard needs one of its own. Sites come
    // with exact names first.
    const isPlain = Object.keys(rule).length === 0;
    if (isPlain && !hosts.some((host) => special.some((wildcard) => isBelow(host, wildcard)))) return [];
    return [{ '@id': ownedId(owner, part, 'handshake', hostSlug(hosts[0] ?? '')), match: { sni: hosts }, ...rule }];
  });
  return [...policies, {}];
}

function handshakeRule({ tls, modifiers, protocols, hosts }: Site, owner: string): JsonObject {
  const clientCa = modifiers.auth?.value.client_certificate?.ca;
  return {
    ...(typeof tls.value === 'object' &&
      'certificate' in tls.value && { certificate_selection: { any_tag: [certificateTag(hosts, owner)] } }),
    ...(clientCa && {
      client_authentication: { ca: { provider: 'file', pem_files: clientCa }, mode: 'require_and_verify' },
    }),
    ...(!protocols.value.includes('h2') && { alpn: ['http/1.1'] }),
  };
}
