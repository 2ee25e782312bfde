import { isIPv4, isIPv6 } from 'node:net';

/** An address as its bytes, 4 or 16 of them, or undefined for what is none. A zone is no part of an address. */
export function addressBytes(text: string): readonly number[] | undefined {
  if (isIPv4(text)) return text.split('.').map(Number);
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const [a = 0, b = 0, c = 0, d = 0] = (dotted?.slice(2) ?? []).map(Number);
  const hex = dotted ? `${dotted[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}` : text;
  const [head = [], tail] = hex.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const groups =
    tail === undefined ? head : [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
}

/** Whether an address is in one of the ranges. IPv4 written as IPv6 is in no range of IPv4. */
export function isInRanges(address: string, ranges: readonly string[]): boolean {
  const bytes = addressBytes(address);
  return bytes !== undefined && ranges.some((range) => isWithin(bytes, range));
}

function isWithin(bytes: readonly number[], range: string): boolean {
  const [base = '', bits] = range.split('/');
  const from = addressBytes(base);
  if (from?.length !== bytes.length) return false;
  const length = bits === undefined ? bytes.length * 8 : Number(bits);
  return from.every((byte, index) => {
    const shared = Math.min(Math.max(length - index * 8, 0), 8);
    return (byte ^ (bytes[index] ?? 0)) >> (8 - shared) === 0;
  });
}

/** As Go writes it: IPv6 in its short form. */
export function shownAddress(text: string): string {
  if (!isIPv6(text)) return text;
  const mapped = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(new URL(`http://[${text}]`).hostname);
  if (mapped === null) return new URL(`http://[${text}]`).hostname.slice(1, -1);
  return `::ffff:${(addressBytes(text) ?? []).slice(12).join('.')}`;
}
