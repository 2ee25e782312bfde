import { Resolver } from 'node:dns/promises';
import { readSystemNames } from './system-names.ts';

/** What names lead to, as a program on this machine would find it. */
export interface NameLookup {
  /** As far as it can be told within `LIMIT`; of a name that nobody knows, or knows in time, nothing. Never rejects. */
  addressesOf(names: ReadonlySet<string>): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** How long a pass waits for names that it has not asked for before, in milliseconds. */
const LIMIT = 2_000;
/** What was answered counts for so long, in milliseconds, and then until the next answer. */
const FRESH = 60_000;
/** A resolver that is asked for more at once lets questions fall. */
const AT_ONCE = 32;

/**
 * The system's own function would wait for a dead server for many seconds, in one of the few threads that files are read in,
 * and nothing stops it: so the servers are asked by a resolver that can be stopped, and the file of hosts is read beside it.
 */
export function createNameLookup(systemNames = readSystemNames, openResolver = systemResolver): NameLookup {
  const known = new Map<string, { readonly addresses: readonly string[]; readonly at: number }>();

  async function ask(names: readonly string[]): Promise<void> {
    // What is not told in time was asked all the same: not every pass is to wait for a dead server.
    for (const name of names) known.set(name, { addresses: [], ...known.get(name), at: performance.now() });
    const { hosts, search } = await systemNames();
    const resolver = openResolver();
    let isOver = false;
    const stop = setTimeout(() => {
      isOver = true;
      resolver.cancel();
    }, LIMIT);
    const queue = names.values();
    const worker = async (): Promise<void> => {
      for (const name of queue) {
        const spellings = isOver ? [] : [name, ...search.map((domain) => `${name}.${domain}`)];
        const asked = spellings.flatMap((each) => [resolver.resolve4(each), resolver.resolve6(each)]);
        const found = (await Promise.all(asked.map(orNone))).flat();
        const addresses = [...(hosts.get(name) ?? []), ...found];
        if (addresses.length > 0 || !isOver) known.set(name, { addresses, at: performance.now() });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    clearTimeout(stop);
  }

  return {
    async addressesOf(names) {
      for (const name of known.keys()) if (!names.has(name)) known.delete(name);
      const unknown = [...names].filter((name) => !known.has(name));
      const stale = performance.now() - FRESH;
      const old = [...known].flatMap(([name, { at }]) => (at < stale ? [name] : []));
      // The next pass sees what they lead to now.
      if (old.length > 0) void ask(old);
      if (unknown.length > 0) await ask(unknown);
      return new Map([...known].map(([name, { addresses }]) => [name, addresses]));
    },
  };
}

function systemResolver(): Resolver {
  return new Resolver({ timeout: LIMIT / 4, tries: 2 });
}

async function orNone(answer: Promise<string[]>): Promise<string[]> {
  return await answer.catch(() => []);
}
