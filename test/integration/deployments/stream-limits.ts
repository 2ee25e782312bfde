/** How long a proxy lets WebSockets and their like live, in seconds; without a limit, for ever. */
export interface StreamLimits {
  /** After a reload. */
  readonly closeDelay: number;
  /** In all. */
  readonly timeout: number;
}

/** The limits of every reverse proxy in a config. */
export function streamLimits(config: unknown): StreamLimits[] {
  if (typeof config !== 'object' || config === null) return [];
  const node = config as Record<string, unknown>;
  const inner = Object.values(node).flatMap(streamLimits);
  if (node['handler'] !== 'reverse_proxy') return inner;
  const limits = {
    // Caddy's own default closes them at once.
    closeDelay: seconds(node['stream_close_delay'], 0),
    timeout: seconds(node['stream_timeout'], Infinity),
  };
  return [limits, ...inner];
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1 };

/** A duration as Caddy takes it: nanoseconds, or numbers with units. */
function seconds(value: unknown, absent: number): number {
  if (value === undefined || value === 0) return absent;
  if (typeof value === 'number') return value / 1e9;
  if (typeof value !== 'string') throw new TypeError('a duration is a number or a text');
  let sum = 0;
  for (const [, count, unit] of value.matchAll(/([\d.]+)([dhms])/g)) sum += Number(count) * (UNITS[unit ?? ''] ?? NaN);
  return sum;
}
