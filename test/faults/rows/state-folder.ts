import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inMountsOf, mounted, noMounts } from '../mounts.ts';
import { sitesOn } from '../policies.ts';
import type { Row } from '../row.ts';
import { type Daemon, openScene, type Scene, together } from '../scene.ts';
import { healthOf, statusOf } from '../status.ts';

const sites = 30;
const savesEach = 4;

interface Case {
  /** Where it takes a file system of its own, of 64 KiB: what does the same harm before a start, as shell words. */
  readonly before?: (state: string) => string;
  /** While the daemon runs. */
  readonly harm: (scene: Scene, daemon: Daemon) => Promise<void>;
}

const cases: Readonly<Record<string, Case>> = {
  full: {
    before: filled,
    async harm(scene, { run }) {
      await inMountsOf(run, 'sh', '-c', filled(stateOf(scene)));
    },
  },
  'read-only': {
    before: (state) => `mount -o remount,bind,ro ${state}`,
    async harm(scene, { run }) {
      await inMountsOf(run, 'mount', '-o', 'remount,bind,ro', stateOf(scene));
    },
  },
  corrupt: {
    async harm(scene) {
      const folder = join(stateOf(scene), 'default/history');
      for (const name of await readdir(folder)) await writeFile(join(folder, name), 'garbage\n'.repeat(10));
      await writeFile(join(folder, 'pin'), '\0\0\0');
    },
  },
  'a file in its place': {
    async harm(scene) {
      await rm(stateOf(scene), { recursive: true });
      await writeFile(stateOf(scene), '');
    },
  },
};

export const stateFolder: Row = {
  name: 'state-folder',
  fault: 'state folder full (64 KiB tmpfs), read-only, corrupt',
  mustHold: 'serving goes on, status degraded',
  async run(context) {
    const hindered = await noMounts();
    const names = Object.keys(cases).filter((name) => hindered === undefined || cases[name]?.before === undefined);
    const rounds = context.rounds(5) * names.length;
    const broken: string[] = [];
    let [saved, degraded] = [0, 0];

    async function one(scene: Scene, name: string): Promise<void> {
      const each = cases[name];
      if (each === undefined) throw new Error(name);
      const save = async (body: string): Promise<void> => {
        await scene.write(textOf(scene, body));
        await scene.serves('s0.example.com', body);
        saved++;
      };
      await scene.startCaddy();
      await scene.write(textOf(scene, 'begin'));
      const daemon = start(scene, each.before && (() => ''));
      await daemon.said({ msg: 'policies applied' });
      await each.harm(scene, daemon);
      const before = daemon.lines();
      for (let count = 1; count <= savesEach; count++) await save(`b${count}`);
      await daemon.said({ msg: 'diagnostic', code: 'history-degraded' }, before);
      degraded++;
      if (!daemon.since(before).every(({ msg }) => msg !== 'policies not applied')) broken.push(`${name}: not applied`);
      // What serves is known from Caddy, and a daemon that knows nothing else does no harm.
      await daemon.end();
      const taken = await scene.takenAfter(1 + savesEach);
      const next = start(scene, each.before);
      await next.said({ msg: 'nothing to apply' });
      await save('after');
      await next.said({ msg: 'diagnostic', code: 'history-degraded' });
      const { state, reasons } = await healthOf(scene);
      if (state !== 'degraded' || !reasons.includes('history-degraded')) broken.push(`${name}: the status is ${state}`);
      const loads = (await scene.takenAfter(taken + 1)) - taken;
      if (loads !== 1) broken.push(`${name}: ${loads} loads for one save after a restart`);
    }

    let last = 0;
    await together(4, async () => {
      while (last < rounds) {
        const name = names[last++ % names.length] ?? '';
        const scene = await openScene(context);
        try {
          await one(scene, name);
        } finally {
          await scene.stop();
        }
      }
    });
    return {
      did: `${rounds} daemons: ${names.join(', ')}; ${savesEach} saves in each, a restart, another save`,
      held: `${saved} saves served, ${degraded} of ${rounds} logged that the history is degraded, and their status says so`,
      broken,
      skipped: hindered === undefined ? [] : [`full and read-only: not done, ${hindered}`],
      raw: { names, rounds, saved, degraded },
    };
  },
};

function stateOf({ folder }: Scene): string {
  return join(folder, 'state');
}

function textOf({ port }: Scene, body: string): string {
  return sitesOn(port, Object.fromEntries(Array.from({ length: sites }, (_, site) => [`s${site}`, body])));
}

function filled(state: string): string {
  return `head -c 70000 /dev/zero > ${state}/filler 2> /dev/null || true`;
}

/** With `harm` the state folder is a file system that this was done to. */
function start(scene: Scene, harm: Case['before']): Daemon {
  const state = stateOf(scene);
  const mounts = [`mkdir -p ${state}`, `mount -t tmpfs -o size=64k,mode=700 none ${state}`, harm?.(state)];
  const under = harm === undefined ? [] : mounted(mounts.join('\n'));
  return scene.daemonWith({ flags: ['--state-dir', state, '--status', `unix/${statusOf(scene)}`], under });
}
