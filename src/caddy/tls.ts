import type { Site } from '../ir/model.ts';
import { hostSlug, ownedId } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { Target } from './target.ts';

interface Model {
  readonly email?: { readonly value: string };
  readonly sites: readonly Site[];
}

/** Who makes certificates for which hosts. */
export function tlsApp({ email, sites }: Model, target: Target): JsonObject | undefined {
  const { owner } = target;
  const hostsOf = (kind: string) =>
    sites
      .filter((site) => certificateKind(site, target) === kind)
      .flatMap(({ hosts }) => hosts)
      .toSorted();
  const acme = hostsOf('auto');
  const internal = hostsOf('internal');
  const onDemand = hostsOf('on_demand');
  const issuers = email ? { issuers: [{ module: 'acme', email: email.value }] } : {};
  const policies = [
    ...(acme.length > 0 && email ? [{ '@id': ownedId(owner, 'tls', 'acme'), subjects: acme, ...issuers }] : []),
    ...(internal.length > 0
      ? [{ '@id': ownedId(owner, 'tls', 'internal'), subjects: internal, issuers: [{ module: 'internal' }] }]
      : []),
    ...(onDemand.length > 0
      ? [{ '@id': ownedId(owner, 'tls', 'on-demand'), subjects: onDemand, on_demand: true, ...issuers }]
      : []),
  ];
  const files = sites.flatMap((site) => certificateFiles(site, owner));
  const ask = sites.map(({ tls }) => tls.value).find((tls) => typeof tls === 'object' && 'on_demand' in tls);
  const permission = onDemand.length > 0 && typeof ask === 'object' && 'on_demand' in ask && ask.on_demand.ask;
  const automation = {
    ...(permission && {
      on_demand: { '@id': ownedId(owner, 'tls', 'permission'), permission: { module: 'http', endpoint: permission } },
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
  if (!model.sites.some((site) => certificateKind(site, target) === 'internal')) return undefined;
  return { certificate_authorities: { local: { '@id': ownedId(target.owner, 'pki'), install_trust: false } } };
}

type CertificateKind = 'auto' | 'internal' | 'off' | 'files' | 'on_demand';

export function certificateKind({ tls: { value } }: Site, { internalCa }: Target): CertificateKind {
  if (value === 'off') return 'off';
  if (typeof value === 'object' && 'certificate' in value) return 'files';
  if (internalCa) return 'internal';
  return typeof value === 'object' ? 'on_demand' : value;
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
  const special = sites.flatMap((site) => {
    const { tls, modifiers, protocols, hosts } = site;
    const clientCa = modifiers.auth?.value.client_certificate?.ca;
    const policy = {
      ...(typeof tls.value === 'object' &&
        'certificate' in tls.value && { certificate_selection: { any_tag: [certificateTag(hosts, owner)] } }),
      ...(clientCa && {
        client_authentication: { ca: { provider: 'file', pem_files: clientCa }, mode: 'require_and_verify' },
      }),
      ...(!protocols.value.includes('h2') && { alpn: ['http/1.1'] }),
    };
    if (Object.keys(policy).length === 0) return [];
    return [{ '@id': ownedId(owner, part, 'handshake', hostSlug(hosts[0] ?? '')), match: { sni: hosts }, ...policy }];
  });
  return [...special, {}];
}
