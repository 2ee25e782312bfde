import type { Guarantee } from './guarantee.ts';

export interface Choice {
  /** The hosts that this push touches. */
  readonly touched: ReadonlySet<string>;
  /** Ids of those that have to be asked whatever the number: something was wrong with them, or hangs on them. */
  readonly again: ReadonlySet<string>;
  /** Chooses the sample: the same revision gives the same one. */
  readonly revision: string;
}

/** So many of the sites that the push touches, and so many of the rest. Below the sum of both all are asked. */
const most = { touched: 500, others: 200 };

/**
 * Those that are asked: a large set has more promises than can be asked at each push. What is no longer said and what was
 * wrong is always asked, then what the push touches, then a sample of all kinds over all sites. In that order: where the time
 * ends sooner, what matters most has been asked.
 */
export function chosen(guarantees: readonly Guarantee[], { touched, again, revision }: Choice): readonly Guarantee[] {
  if (guarantees.length <= most.touched + most.others) return guarantees;
  const isSure = ({ check, isDropped }: Guarantee): boolean => isDropped || again.has(check.id);
  const isTouched = ({ check }: Guarantee): boolean => touched.has(check.site);
  const open = guarantees.filter((each) => !isSure(each));
  const near = sample(open.filter(isTouched), most.touched, revision);
  const far = sample(
    open.filter((each) => !isTouched(each)),
    most.others,
    revision,
  );
  return [...guarantees.filter(isSure), ...near, ...far];
}

/** One of each kind in turn, until there are enough; within a kind far apart, from one that the revision chooses. */
function sample(from: readonly Guarantee[], size: number, revision: string): readonly Guarantee[] {
  if (from.length <= size) return from;
  const kinds = [...Map.groupBy(from, ({ check }) => check.name)].map(([name, all]) => {
    const step = stride(all.length);
    const first = mixed(`${revision} ${name}`) % all.length;
    return { all, at: (turn: number) => all[(first + turn * step) % all.length] as Guarantee };
  });
  const picked: Guarantee[] = [];
  for (let turn = 0; picked.length < size; turn++) {
    for (const { all, at } of kinds) if (turn < all.length && picked.length < size) picked.push(at(turn));
  }
  return picked;
}

/** Steps of the golden section come to all of a ring, and however few they are, they lie far apart. */
function stride(length: number): number {
  let step = Math.max(1, Math.round(length * 0.618));
  while (divisor(step, length) > 1) step++;
  return step;
}

function divisor(one: number, other: number): number {
  return other === 0 ? one : divisor(other, one % other);
}

/** No secret hangs on it, so it need not be more than even: FNV-1a, and murmur3's end, without which like texts stay close. */
function mixed(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
