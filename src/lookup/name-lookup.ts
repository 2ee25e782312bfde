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
/** Names that nobody asked about for so long, in milliseconds, are forgotten. */
const FORGOTTEN = 10 * FRESH;
/** A resolver that is asked for more at once lets questions fall. */
const AT_ONCE = 32;

/**
 * The system's own function would wait for a dead server for many seconds, in one of the few threads that files are read in,
 * and nothing stops it: so the servers are asked by a resolver that can be stopped, and the file of hosts is read beside it.
 */
export function createNameLookup(systemNames = readSystemNames, openResolver = systemResolver): NameLookup {
  const known = new Map<string, Known>();

  async function ask(names: readonly string[]): Promise<void> {
    // What is not told in time counts as told: not every pass is to wait for a dead server.
    const note = (name: string, found: Partial<Known>): void =>
      void known.set(name, {
        addresses: [],
        wanted: performance.now(),
        ...known.get(name),
        at: performance.now(),
        ...found,
      });
    for (const name of names) note(name, {});
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
        // Nobody was asked: the next pass asks, before all others, and does not wait.
        if (isOver) note(name, { at: -Infinity });
        const spellings = isOver ? [] : [name, ...search.map((domain) => `${name}.${domain}`)];
        const asked = spellings.flatMap((each) => [resolver.resolve4(each), resolver.resolve6(each)]);
        const found = (await Promise.all(asked.map(orNone))).flat();
        const addresses = [...(hosts.get(name) ?? []), ...found];
        if (addresses.length > 0 || !isOver) note(name, { addresses });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    clearTimeout(stop);
  }

  return {
    async addressesOf(names) {
      const now = performance.now();
      const unknown = [...names].filter((name) => !known.has(name));
      for (const [name, entry] of known) {
        if (names.has(name)) known.set(name, { ...entry, wanted: now });
        else if (entry.wanted < now - FORGOTTEN) known.delete(name);
      }
      const old = [...known].filter(([name, { at }]) => names.has(name) && at < now - FRESH);
      // The next pass sees what they lead to now.
      if (old.length > 0) void ask(old.toSorted(([, a], [, b]) => a.at - b.at).map(([name]) => name));
      if (unknown.length > 0) await ask(unknown);
      return new Map([...names].map((name) => [name, known.get(name)?.addresses ?? []]));
    },
  };
}

interface Known {
  readonly addresses: readonly string[];
  /** When it was asked, and when somebody wanted to know last, as of `performance.now()`. */
  readonly at: number;
  readonly wanted: number;
}

function systemResolver(): Resolver {
  return new Resolver({ timeout: LIMIT / 4, tries: 2 });
}

async function orNone(answer: Promise<string[]>): Promise<string[]> {
  return await answer.catch(() => []);
}
