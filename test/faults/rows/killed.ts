import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Held } from '../../support/fault-proxy.ts';
import type { Random } from '../../support/random.ts';
import { caddyctl } from '../../support/up.ts';
import { sitesOn } from '../policies.ts';
import type { Context, Row } from '../row.ts';
import { type Daemon, inScenes, type Scene } from '../scene.ts';
import { quantile, within } from '../waiting.ts';

const limitMs = 5_000;
const write = 'POST /config/apps';
const read = 'GET /config/apps';

interface Stage {
  readonly context: Context;
  readonly scene: Scene;
  readonly daemon: Daemon;
  readonly random: Random;
  readonly save: () => Promise<void>;
}

/** Saves, and ends the daemon at one step of what comes of it. */
type Kill = (stage: Stage) => Promise<void>;

/** Where a request to Caddy is, when the daemon is killed. */
function atRequest(request: string, where: 'before' | 'after', then: keyof Held): Kill {
  return async ({ scene, daemon, save }) => {
    const held = scene.proxy.hold(request, where);
    await save();
    const end = await held;
    await daemon.end('SIGKILL');
    end[then]();
  };
}

function atWriteToHistory(step: string): Kill {
  return async ({ scene, daemon, save }) => {
    await writeFile(orderOf(scene), step);
    await save();
    await ended(daemon);
    await rm(orderOf(scene));
  };
}

/** A pin is taken off before the push that ends it. */
function atPin(step: string): Kill {
  return async (stage) => {
    const { context, scene, save } = stage;
    const args = ['rollback', '--admin', scene.proxy.address];
    const back = caddyctl({ args, home: scene.folder, caddyPath: context.caddyPath });
    if ((await back.ended) !== 0) throw new Error(`no rollback: ${back.stderr()}`);
    await atWriteToHistory(step)({ ...stage, save });
  };
}

const kills: Readonly<Record<string, Kill>> = {
  'at a random moment': async ({ daemon, random, save }) => {
    await save();
    await sleep(random(150));
    await daemon.end('SIGKILL');
  },
  'before it reads': atRequest(read, 'before', 'drop'),
  'when it has read': atRequest(read, 'after', 'drop'),
  'before it reads the logs': atRequest('GET /config/logging', 'before', 'drop'),
  'before its write': atRequest(write, 'before', 'drop'),
  'with its write on the way': atRequest(write, 'before', 'release'),
  'before the answer to its write': atRequest(write, 'after', 'drop'),
  'before it proves': async ({ scene, daemon, save }) => {
    const written = scene.proxy.hold(write, 'after');
    await save();
    const answered = await written;
    const proving = scene.proxy.hold(read, 'before');
    answered.release();
    const asked = await proving;
    await daemon.end('SIGKILL');
    asked.drop();
  },
  'history: before the file': atWriteToHistory('open before'),
  'history: an empty file': atWriteToHistory('open after'),
  'history: half a file': atWriteToHistory('write half'),
  'history: before the sync': atWriteToHistory('sync before'),
  'history: after the sync': atWriteToHistory('sync after'),
  'history: before the rename': atWriteToHistory('rename before'),
  'history: after the rename': atWriteToHistory('rename after'),
  'pin: before it goes': atPin('unlink before'),
  'pin: after it went': atPin('unlink after'),
};

export const killed: Row = {
  name: 'killed',
  fault: 'kill -9 at each step of a pass and of a state write',
  mustHold: `next start converges within ${limitMs / 1_000} s; a revision that serves is not loaded again`,
  async run(context) {
    const names = Object.keys(kills);
    const times = context.rounds(20);
    const rounds = times * names.length;
    const broken: string[] = [];
    const starts: number[] = [];
    const programs: number[] = [];
    let [served, again] = [0, 0];

    async function play(scene: Scene, shared: Iterable<number>): Promise<void> {
      await scene.startCaddy();
      await scene.write(sitesOn(scene.port, { a: 'before' }));
      let daemon = start(scene);
      await daemon.said({ msg: 'policies applied' });
      await scene.write(sitesOn(scene.port, { a: 'begin' }));
      await daemon.said({ msg: 'policies applied' }, daemon.lines());
      for (const round of shared) daemon = await one(scene, daemon, round);
    }

    async function one(scene: Scene, before: Daemon, round: number): Promise<Daemon> {
      const name = names[round % names.length] ?? '';
      const tell = (what: string): void => void broken.push(`round ${round}, ${name}: ${what}`);
      const body = `r${round}`;
      const save = (): Promise<void> => scene.write(sitesOn(scene.port, { a: body }));
      await kills[name]?.({ context, scene, daemon: before, random: context.random('killed', round), save });
      // What was on its way has arrived.
      await sleep(50);
      const isServed = (await scene.body('a.example.com')) === body;
      const taken = scene.taken();
      const [begun, at] = [performance.now(), Date.now()];
      const daemon = start(scene);
      const end = await within(60_000, () =>
        daemon.since(0).find(({ msg }) => msg === 'policies applied' || msg === 'nothing to apply'),
      );
      const took = performance.now() - begun;
      starts.push(took);
      const [first] = daemon.since(0);
      programs.push(Date.parse(String(first?.['time'])) - at);
      if (end === undefined || took > limitMs) tell(`converged after ${Math.round(took)} ms`);
      if ((await scene.body('a.example.com')) !== body) tell('it does not serve');
      if (!isServed) await scene.takenAfter(taken + 1);
      const loads = scene.taken() - taken;
      served += Number(isServed);
      again += isServed ? loads : 0;
      if (loads !== Number(!isServed))
        tell(`${loads} loads, and ${isServed ? 'it served' : 'it did not serve'} before`);
      const degraded = daemon.since(0).find(({ code }) => code === 'history-degraded');
      if (degraded !== undefined) tell(`the history is degraded: ${String(degraded['reason'])}`);
      return daemon;
    }

    await inScenes(context, { rounds, scenes: 2 }, play);
    return {
      did: `${times} times at each of ${names.length} steps`,
      held: `converged after ${Math.round(quantile(starts, 0.5))} ms in the median, ${Math.round(Math.max(...starts))} ms at most (${Math.round(quantile(programs, 0.5))} and ${Math.round(Math.max(...programs))} ms of it until the program ran); in ${served} it served already, with ${again} loads`,
      broken,
      raw: { steps: names, milliseconds: starts, untilProgramRan: programs, servedBefore: served, loadedAgain: again },
    };
  },
};

function orderOf({ folder }: Scene): string {
  return join(folder, 'kill-at');
}

function start(scene: Scene): Daemon {
  const preload = `--import=${new URL('../kill-at.ts', import.meta.url).href}`;
  return scene.daemonWith({ env: { NODE_OPTIONS: preload, KILL_AT: orderOf(scene) } });
}

/** Waits for its end by its own hand. */
async function ended({ run }: Daemon): Promise<void> {
  const end = await Promise.race([run.ended, sleep(20_000, 'nothing')]);
  if (end !== 'SIGKILL') throw new Error(`the step never came; it ended with ${end}:\n${run.stderr().slice(-2_000)}`);
}
