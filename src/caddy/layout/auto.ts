import { familiesOf } from './alike.ts';
import type { Block } from './block.ts';
import { SMALL_TABLE } from './costs.ts';
import { hostTree } from './host-tree.ts';
import type { LaidRoute, Mark } from './laid.ts';
import { leavesOf, type Naming } from './leaf.ts';
import type { SharedHandlers } from './shared.ts';

/**
 * The shape that costs a request least: sites that are alike share their routes, what is left is divided by hosts, and a
 * site's many paths by how they begin. The answers are those of the plain layout. `note` hears what became of the sites.
 */
export function autoLayout(
  blocks: readonly Block[],
  part: string,
  owner: string,
  mark: Mark,
  note: (part: string) => void,
  shared: SharedHandlers,
  counted: ReadonlySet<string>,
): LaidRoute[] {
  const isSmall = blocks.length < SMALL_TABLE;
  const share: Naming['share'] = (handle) => (isSmall ? handle : shared.share(handle));
  const naming = { part, owner, mark, share };
  const isWildcard = ({ hosts }: Block): boolean => hosts.some((host) => host.startsWith('*.'));
  const kinds = [blocks.filter((block) => !isWildcard(block)), blocks.filter(isWildcard)];
  return kinds.flatMap((sites, index) => {
    if (sites.length === 0) return [];
    const name = index === 0 ? 'sites' : 'wildcards';
    if (isSmall) {
      note(`${sites.length} ${name} one by one, their paths by how they begin`);
      return sites.flatMap(
        (block) => leavesOf({ members: [block], routes: [], variables: [] }, naming)[0]?.lay(true) ?? [],
      );
    }
    const families = familiesOf(sites, counted);
    for (const { members, variables } of families) {
      if (members.length === 1) continue;
      const values = variables.length === 0 ? 'share their routes' : `differ in ${variables.length} values: one map`;
      note(`${members.length} ${name} ${values}`);
    }
    const alone = families.filter(({ members }) => members.length === 1).length;
    if (alone > 0) note(`${alone} ${name} of their own kind`);
    return hostTree(
      families.flatMap((family) => leavesOf(family, naming)),
      naming,
      note,
    );
  });
}
