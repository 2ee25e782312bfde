import { addressBytes, isInRanges, shownAddress } from '../../explain/address-range.ts';

/** Addresses that the same ranges hold. */
export interface Neighbourhood {
  /** The narrowest range of all that are named; undefined for those outside of all. */
  readonly range: string | undefined;
  readonly sample: string;
}

/** Kept for documentation: nobody's address, and so in no range that is meant for somebody. */
const OUTSIDE = ['203.0.113.1', '198.18.7.7', '8.8.4.4', '2001:db8:ffff::1', '2a00::1'];

/** One for each kind of address that ranges tell apart, those outside of all first. */
export function neighbourhoods(ranges: readonly string[]): Neighbourhood[] {
  const distinct = [...new Set(ranges)];
  const samples = [...OUTSIDE, ...distinct.flatMap(edges)];
  const found = new Map<string | undefined, string>();
  for (const sample of samples) {
    const range = narrowest(sample, distinct);
    if (!found.has(range)) found.set(range, sample);
  }
  return [...found].map(([range, sample]) => ({ range, sample }));
}

/** Ranges are nested or apart, so the narrowest one tells which others hold an address. */
export function narrowest(address: string, ranges: readonly string[]): string | undefined {
  const holding = ranges.filter((range) => isInRanges(address, [range]));
  return holding.toSorted((a, b) => lengthOf(b) - lengthOf(a) || (a < b ? -1 : 1))[0];
}

function lengthOf(range: string): number {
  const [base = '', bits] = range.split('/');
  return Number(bits ?? (addressBytes(base)?.length ?? 0) * 8);
}

/** The first addresses, the last, and those beside a range, which a wider one may hold. */
function edges(range: string): string[] {
  const bytes = addressBytes(range.split('/')[0] ?? '') ?? [];
  const size = BigInt(bytes.length * 8);
  const rest = size - BigInt(lengthOf(range));
  const first = (bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) >> rest) << rest;
  const last = first + (1n << rest) - 1n;
  return [first + 1n, first, last, last + 1n, first - 1n, last - 1n]
    .filter((each) => each >= 0n && each < 1n << size)
    .map((each) => addressText(each, bytes.length));
}

function addressText(number: bigint, length: number): string {
  const bytes = Array.from({ length }, (_, index) => Number((number >> BigInt(8 * (length - 1 - index))) & 255n));
  if (length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  );
  return shownAddress(groups.join(':'));
}
