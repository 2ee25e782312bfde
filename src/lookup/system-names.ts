import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

/** What this machine makes of names before and beside what its servers say. */
export interface SystemNames {
  /** The addresses of a name, from the file of hosts. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
  /** Domains that a name may stand in. */
  readonly search: readonly string[];
}

/** As the C library, no more than these count. */
const MOST_DOMAINS = 6;

/** Nothing where there are no such files, as on Windows. Never rejects. */
export async function readSystemNames(): Promise<SystemNames> {
  const [hosts, resolver] = await Promise.all(['/etc/hosts', '/etc/resolv.conf'].map(linesOf));
  return systemNames(hosts ?? [], resolver ?? []);
}

/** From the lines of `hosts(5)` and `resolv.conf(5)`, in words. */
export function systemNames(hosts: readonly Words[], resolver: readonly Words[]): SystemNames {
  const addresses = new Map<string, string[]>();
  for (const [address = '', ...names] of hosts) {
    if (isIP(address) === 0) continue;
    for (const name of names)
      addresses.set(name.toLowerCase(), [...(addresses.get(name.toLowerCase()) ?? []), address]);
  }
  const [, ...search] = resolver.findLast(([key]) => key === 'search' || key === 'domain') ?? [];
  return { hosts: addresses, search: search.map((domain) => domain.replace(/\.$/, '')).slice(0, MOST_DOMAINS) };
}

type Words = readonly string[];

async function linesOf(path: string): Promise<Words[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').map((line) =>
    line
      .replace(/[#;].*/, '')
      .split(/\s+/)
      .filter((word) => word !== ''),
  );
}
