import { counted } from '../../diagnostics/counted.ts';
import { isAtLeast } from '../capabilities.ts';
import type { Target } from '../target.ts';
import type { Block } from './block.ts';
import { SMALL_TABLE } from './costs.ts';
import { isPathTree } from './path-tree.ts';

/** Which layout a server has, and why: `translate --explain-layout` prints it. */
export interface Reason {
  readonly layout: 'plain' | 'auto';
  readonly why: string;
  /** What was made of the sites, in the order of the table. */
  readonly parts: readonly string[];
}

export type Choice = Omit<Reason, 'parts'>;

export function layoutFor(blocks: readonly Block[], { layout = 'auto', running }: Target): Choice {
  const because = (name: Choice['layout'], why: string): Choice => ({ layout: name, why });
  if (layout === 'plain') return because('plain', 'as asked');
  // Before 2.11.1 a list of more than 100 hosts tells capital letters apart (CVE-2026-27588); this rung is the first that shows it is newer.
  if (running !== undefined && !isAtLeast(running.capabilities.level, '2.11.3')) {
    return because('plain', 'this Caddy may tell capital letters apart in long lists of hosts; 2.11.3 is known not to');
  }
  if (!areDisjoint(blocks)) return because('plain', 'a host stands in more than one place, and so the order counts');
  if (blocks.length >= SMALL_TABLE) return because('auto', `${blocks.length} sites`);
  if (blocks.some(({ names }) => isPathTree(names))) return because('auto', 'a site with many paths');
  return because('plain', `${counted(blocks.length, 'site')}: below ${SMALL_TABLE} it is as fast, and can be read`);
}

/** Whether no two ask for one host. Exact hosts stand before wildcards, and wildcards take one label each. */
function areDisjoint(blocks: readonly Block[]): boolean {
  const seen = new Set<string>();
  let wildcards = false;
  for (const { hosts } of blocks) {
    for (const host of hosts) {
      const isWildcard = host.startsWith('*.');
      if (seen.has(host) || (wildcards && !isWildcard) || host.lastIndexOf('*') > 0) return false;
      wildcards ||= isWildcard;
      seen.add(host);
    }
  }
  return true;
}
