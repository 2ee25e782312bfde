import { hostSlug } from '../ids.ts';
import { COSTS, costOfList, LONG_LIST } from './costs.ts';
import type { LaidRoute } from './laid.ts';
import { type Leaf, type Naming, shapeId, within } from './leaf.ts';

/** More lists than these in a row are themselves divided. */
const MOST_LISTS = 40;
/** More branches than these are never worth it. */
const MOST_BRANCHES = 64;

/** The leaves in an order of their own (their hosts are all different), divided until a request passes few of them. */
export function hostTree(leaves: readonly Leaf[], naming: Naming, note: (part: string) => void): LaidRoute[] {
  // A long list is asked as fast as two single hosts: it needs nothing around it.
  const long = leaves.filter(({ hosts }) => hosts.length >= LONG_LIST);
  const rest = leaves.filter(({ hosts }) => hosts.length < LONG_LIST);
  const [top, divided] = long.length <= MOST_LISTS ? [long, rest] : [[], leaves];
  const fanOut = fanOutOf(divided);
  if (fanOut.length > 0) note(`${divided.length} divided by hosts, ${[...fanOut, 'the rest'].join(' by ')}`);
  return [...top.flatMap((leaf) => leaf.lay(true)), ...divide(divided, fanOut, naming, true)];
}

function divide(leaves: readonly Leaf[], fanOut: readonly number[], naming: Naming, isTop: boolean): LaidRoute[] {
  const [branches, ...below] = fanOut;
  if (branches === undefined || leaves.length <= 2) return leaves.flatMap((leaf) => leaf.lay(isTop));
  const share = Math.ceil(leaves.length / branches);
  return Array.from({ length: Math.ceil(leaves.length / share) }, (_, index) => {
    const branch = leaves.slice(index * share, (index + 1) * share);
    const hosts = branch.flatMap((leaf) => leaf.hosts);
    const id = isTop ? shapeId(naming, 'hosts', hostSlug(hosts[0] ?? '')) : undefined;
    return within({ host: hosts }, divide(branch, below, naming, false), id);
  });
}

/** Into how many branches each level is divided, so that a request for any of the hosts costs least. */
function fanOutOf(leaves: readonly Leaf[]): number[] {
  const hosts = leaves.reduce((sum, leaf) => sum + leaf.hosts.length, 0) / Math.max(1, leaves.length);
  let best = { cost: (leaves.length / 2) * costOfList(hosts), fanOut: [] as number[] };
  const choices = Array.from({ length: MOST_BRANCHES - 1 }, (_, index) => index + 2).filter((n) => n < leaves.length);
  for (const first of choices) {
    for (const second of [1, ...choices]) {
      const fanOut = second === 1 ? [first] : [first, second];
      const cost = costOfTree(leaves.length, hosts, fanOut);
      if (cost < best.cost) best = { cost, fanOut };
    }
  }
  return best.fanOut;
}

function costOfTree(leaves: number, hosts: number, [branches, ...below]: readonly number[], isTop = true): number {
  const count = branches ?? leaves;
  const listed = branches === undefined ? hosts : (leaves / count) * hosts;
  const here = (count / 2) * costOfList(Math.round(listed)) + (isTop ? 0 : COSTS.subroute + COSTS.routeWithin * count);
  return branches === undefined ? here : here + costOfTree(leaves / count, hosts, below, false);
}
