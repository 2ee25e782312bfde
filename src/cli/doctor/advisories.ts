import { adminBlock, type AdminFacts } from './facts.ts';

/** A known weakness of Caddy's admin API. */
export interface Advisory {
  readonly id: string;
  /** The first version without it. */
  readonly fixed: string;
  /** The first version with it; absent: all before `fixed`. */
  readonly since?: string;
  readonly what: string;
  /** What helps where Caddy cannot be replaced. */
  readonly meanwhile: string;
  /** Whether this Caddy is set up in the way that makes it count. */
  readonly counts: (facts: AdminFacts) => boolean;
}

/** From https://github.com/caddyserver/caddy/security/advisories, those of the admin API, up to 2.11.4. */
export const advisories: readonly Advisory[] = [
  {
    id: 'CVE-2026-27589',
    fixed: '2.11.1',
    what: 'a web page in a browser can replace the whole config, where origins are not enforced (GHSA-879p-475x-rqh2)',
    meanwhile: 'have it listen on a Unix socket, or write "enforce_origin": true',
    counts: ({ address, inspection }) => address.kind === 'tcp' && adminBlock(inspection)['enforce_origin'] !== true,
  },
  {
    id: 'CVE-2026-45692',
    since: '2.4.0',
    fixed: '2.11.3',
    what: 'who may use one entry of a list by remote admin can read and change others (GHSA-x5w9-xh9r-mvfc)',
    meanwhile: 'permit no path that ends in a number',
    counts: hasRemote,
  },
  {
    id: 'GHSA-gx7w-56w6-g48x',
    fixed: '2.11.3',
    what: 'who may use one path by remote admin can use those that begin with its text',
    meanwhile: 'permit no path whose text another one begins with',
    counts: hasRemote,
  },
];

function hasRemote({ inspection }: AdminFacts): boolean {
  return (adminBlock(inspection)['remote'] ?? null) !== null;
}
