import type { SourceFile } from '../../src/diagnostics/position.ts';

/** One of the sites that caddyctl and a Caddyfile are both given. */
export interface BenchSite {
  readonly host: string;
  /** Dial addresses of what answers at `/` and at `/api`. */
  readonly app: string;
  readonly api: string;
  readonly kind: 'plain' | 'headers' | 'auth' | 'secure';
}

const SECURE = {
  'Strict-Transport-Security': 'max-age=31536000',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
};

/** Mixed as a platform has them: shared upstreams, upstreams of their own, headers, auth, some wildcards; two paths each. */
export function benchSites(count: number): BenchSite[] {
  return Array.from({ length: count }, (_, index) => {
    const own = `127.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
    const backend = index % 2 === 0 ? `127.0.0.1` : own;
    return {
      host: index % 50 === 49 ? `*.t${index}.example.com` : `s${index}.example.com`,
      app: `${backend}:${8_001 + (index % 8)}`,
      api: `${backend}:${9_001 + (index % 8)}`,
      kind: (['plain', 'plain', 'plain', 'headers', 'plain', 'auth', 'plain', 'secure'] as const)[index % 8] ?? 'plain',
    };
  });
}

/** The same sites for plain http, where a password has no place. */
export function openSites(count: number): BenchSite[] {
  return benchSites(count).map((site) => ({ ...site, kind: site.kind === 'auth' ? 'plain' : site.kind }));
}

/** The sites as policies, dealt out over so many files. */
export function policiesOf(sites: readonly BenchSite[], files = 1, tls: 'auto' | 'off' = 'auto'): SourceFile[] {
  const share = Math.ceil(sites.length / files);
  const shared = `global: { diagnostics: { wildcard-certificate: off } }\npresets:\n  members: { auth: { basic: { users: { ann: { env: ANN_HASH } } } } }\n`;
  return Array.from({ length: files }, (_, index) => {
    const lines = sites.slice(index * share, (index + 1) * share).map((site) => policyOf(site, tls));
    return {
      path: `policies/${String(index).padStart(5, '0')}.yaml`,
      text: `${index === 0 ? shared : ''}sites:\n${lines.join('')}`,
    };
  });
}

function policyOf({ host, app, api, kind }: BenchSite, tls: 'auto' | 'off'): string {
  const also = { plain: '', headers: ', headers: { X-Site: one }', auth: ', use: members', secure: ', use: secure' }[
    kind
  ];
  const plain = tls === 'off' ? ', tls: off' : '';
  return `  "${host}": { to: ${app}${also}${plain}, routes: { /api: ${api} } }\n`;
}

/** The same as a Caddyfile; with a port, for plain http there. */
export function caddyfileOf(sites: readonly BenchSite[], httpPort?: number): string {
  return sites.map((site) => siteBlock(site, httpPort)).join('');
}

function siteBlock({ host, app, api, kind }: BenchSite, httpPort: number | undefined): string {
  const secure = Object.entries(SECURE).map(([name, value]) => `\t\t${name} "${value}"\n`);
  const also = {
    plain: '',
    headers: '\theader X-Site one\n',
    auth: `\tbasic_auth {\n\t\tann {env.ANN_HASH}\n\t}\n`,
    secure: `\theader {\n${secure.join('')}\t\t-Server\n\t}\n`,
  }[kind];
  const api_ = `\t@api path /api /api/*\n\thandle @api {\n\t\treverse_proxy ${api}\n\t}\n`;
  const address = httpPort === undefined ? host : `http://${host}:${httpPort}`;
  return `${address} {\n${also}${api_}\thandle {\n\t\treverse_proxy ${app}\n\t}\n}\n`;
}
