import type { Run } from '../support/up.ts';
import { type Logged, startWatching, type Watching, type WatchParts } from '../support/watching.ts';
import type { Context } from './row.ts';
import { come } from './waiting.ts';

/** Policies, a Caddy, and daemons beside it that end with the scene. */
export interface Scene extends Watching {
  daemon(...flags: readonly string[]): Daemon;
  daemonWith(parts: WatchParts): Daemon;
  /** Caddy's config as it answers it, byte for byte. A load under way may cut an answer: then it is asked again. */
  config(): Promise<string>;
  /** Configs that the Caddys of this scene have taken on, as they say themselves. */
  taken(): number;
  /** Waits for so many, and gives how many there are then. */
  takenAfter(expected: number): Promise<number>;
}

export interface Daemon {
  readonly run: Run;
  /** How many lines it has logged. */
  lines(): number;
  since(line: number): readonly Logged[];
  /** Waits for a line like this after the first `since`. */
  said(fields: Fields, since?: number): Promise<Logged>;
  end(signal?: NodeJS.Signals): Promise<void>;
}

export type Fields = Readonly<Record<string, unknown>>;

const patienceMs = 60_000;

export async function openScene({ caddyPath }: Pick<Context, 'caddyPath'>): Promise<Scene> {
  const at = await startWatching(caddyPath);
  const daemons: Daemon[] = [];
  let before = 0;
  let current: (() => string) | undefined;

  const taken = (): number => before + loadsIn(current?.() ?? '');
  const daemonWith: Scene['daemonWith'] = (parts) => {
    const daemon = daemonOf(at.watchWith(parts));
    daemons.push(daemon);
    return daemon;
  };
  return {
    ...at,
    daemonWith,
    taken,
    daemon: (...flags) => daemonWith({ flags }),
    async startCaddy(config) {
      before = taken();
      current = undefined;
      const caddy = await at.startCaddy(config);
      current = () => caddy.logs();
      return caddy;
    },
    config: () =>
      come(10_000, "Caddy's config", async () => {
        const answer = await at
          .caddy()
          .admin('GET', '/config/')
          .catch(() => undefined);
        return answer?.status === 200 ? answer.text : undefined;
      }),
    async takenAfter(expected) {
      await come(10_000, `${expected} loads`, () => (taken() >= expected ? true : undefined));
      return taken();
    },
    async stop() {
      await Promise.all(daemons.map((daemon) => daemon.end('SIGKILL')));
      await at.stop();
    },
  };
}

/** What a bare POST to `/config/apps` would need to bring it about. */
export async function appsOf(scene: Scene): Promise<string> {
  const { apps } = JSON.parse(await scene.config()) as { apps: unknown };
  return JSON.stringify(apps);
}

/** Caddy saves each config that it has taken on, and says so; never one that was rejected or the same again. */
function loadsIn(logs: string): number {
  return logs.split('"msg":"autosaved config').length - 1;
}

function daemonOf(run: Run): Daemon {
  const lines: Logged[] = [];
  let read = 0;
  const follow = (): void => {
    const text = run.stderr();
    const end = text.lastIndexOf('\n') + 1;
    for (const line of text.slice(read, end).split('\n'))
      if (line.startsWith('{')) lines.push(JSON.parse(line) as Logged);
    read = Math.max(read, end);
  };
  return {
    run,
    lines() {
      follow();
      return lines.length;
    },
    since(line) {
      follow();
      return lines.slice(line);
    },
    said: (fields, since = 0) =>
      come(patienceMs, `a line ${JSON.stringify(fields)} in\n${run.stderr().slice(-4_000)}`, () => {
        follow();
        return lines.slice(since).find((line) => isLike(line, fields));
      }),
    async end(signal = 'SIGTERM') {
      run.kill(signal);
      await run.ended;
    },
  };
}

function isLike(line: Logged, fields: Fields): boolean {
  return Object.entries(fields).every(([name, value]) => line[name] === value);
}

/** `play` in several scenes at once, which share the rounds, numbered from 1, among them. */
export async function inScenes(
  context: Context,
  { rounds, scenes }: { readonly rounds: number; readonly scenes: number },
  play: (scene: Scene, rounds: Iterable<number>, index: number) => Promise<void>,
): Promise<void> {
  let last = 0;
  const shared: Iterable<number> = {
    *[Symbol.iterator]() {
      while (last < rounds) yield ++last;
    },
  };
  await together(Math.min(scenes, rounds), async (index) => {
    const scene = await openScene(context);
    try {
      await play(scene, shared, index);
    } finally {
      await scene.stop();
    }
  });
}

/** So many at once. Waits for all, also where one fails. */
export async function together(count: number, work: (index: number) => Promise<void>): Promise<void> {
  const done = await Promise.allSettled(Array.from({ length: count }, async (_, index) => await work(index)));
  const failed = done.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
