/** Where a test puts what a policy names: dial addresses, and listen addresses other than the http and https ports. */
export interface Moves {
  readonly dials: Readonly<Record<string, string>>;
  readonly listens: Readonly<Record<string, string>>;
}

/**
 * Moves a config to the test's addresses and changes nothing else. Throws on an address that the test does not name, so
 * that no test reaches a stranger's port, and on a name that the config does not have, so that no test proves less than it says.
 */
export function moveConfig(config: unknown, moves: Moves, keep: readonly string[]): unknown {
  const used = new Set<string>();
  const place = (kind: keyof Moves, address: string): string => {
    if (kind === 'listens' && keep.includes(address)) return address;
    const to = moves[kind][address];
    if (to === undefined) throw new Error(`the test names no place for ${address} among its ${kind}`);
    used.add(`${kind} ${address}`);
    return to;
  };
  const walk = (value: unknown, key: string): unknown => {
    if (key === 'dial' && typeof value === 'string') return place('dials', value);
    if (key === 'listen' && Array.isArray(value)) return value.map((address: string) => place('listens', address));
    if (Array.isArray(value)) return value.map((item) => walk(item, ''));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, name)]));
    }
    return value;
  };
  const moved = walk(config, '');
  for (const kind of ['dials', 'listens'] as const) {
    for (const address of Object.keys(moves[kind])) {
      if (!used.has(`${kind} ${address}`)) throw new Error(`the config has no ${address} among its ${kind}`);
    }
  }
  return moved;
}
