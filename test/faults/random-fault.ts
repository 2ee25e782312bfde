import { readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../support/fault-proxy.ts';
import { pick, type Random } from '../support/random.ts';
import { caddyctl } from '../support/up.ts';
import type { Front, Manner } from './front.ts';
import type { Scene } from './scene.ts';

export interface Field {
  readonly scene: Scene;
  readonly front: Front;
  readonly caddyPath: string;
  readonly random: Random;
  /** Saves policies without a mistake that have not been there before. */
  readonly save: () => Promise<void>;
  /** Of a daemon that may have been started anew. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Others' writes that Caddy has acknowledged since it was started. */
  readonly acknowledged: Set<string>;
}

const faults: readonly Fault[] = [
  'reset before the body',
  'reset in the body',
  'request lost',
  'answer lost',
  'silence',
  'garbage',
  'gateway time-out',
];
const manners: readonly Manner[] = ['error 500', 'garbage', 'nothing', 'resets'];

/** Each leaves the policies without a mistake, and a Caddy that runs and can be reached. */
export const randomFaults: Readonly<Record<string, (field: Field) => Promise<void>>> = {
  'a save': ({ save }) => save(),
  async 'a burst of saves'({ random, save }) {
    for (let left = 5 + random(40); left > 0; left--) {
      await save();
      await sleep(random(40));
    }
  },
  async 'a mistake'({ scene, random, save }) {
    await scene.write(pick(random, ['sites: [', 'sitse: {}\n', '\0', 'sites: { a: { respnd: b } }\n']));
    await sleep(random(1_500));
    await save();
  },
  async 'a folder gone'({ scene, random }) {
    const [folder, away] = [join(scene.folder, 'policies'), join(scene.folder, 'away')];
    await rename(folder, away);
    await sleep(random(1_500));
    await rename(away, folder);
  },
  async 'a blank restart'({ scene, random, acknowledged }) {
    await scene.killCaddy();
    acknowledged.clear();
    await sleep(random(2_000));
    await scene.startCaddy();
  },
  async 'a crash loop'({ scene, random, acknowledged }) {
    acknowledged.clear();
    for (let left = 1 + random(4); left > 0; left--) {
      await scene.startCaddy();
      await sleep(random(600));
    }
    await scene.startCaddy();
  },
  async 'a freeze'({ scene, random, save }) {
    const { pid } = scene.caddy();
    process.kill(pid, 'SIGSTOP');
    await save();
    await sleep(random(4_000));
    await save();
    process.kill(pid, 'SIGCONT');
  },
  async 'a broken write'({ scene, random, save }) {
    scene.proxy.on('POST /config/apps', pick(random, faults), 1 + random(2));
    await save();
  },
  async 'another thing on the port'({ front, random, save }) {
    front.become(pick(random, manners));
    await save();
    await sleep(random(3_000));
    front.become('through');
  },
  async 'an edit of ours'({ scene }) {
    const body = JSON.stringify([{ handle: [{ handler: 'static_response', body: 'edited' }] }]);
    const server = `/config/apps/http/servers/caddyctl-default-127.0.0.1-${scene.port}`;
    await scene
      .caddy()
      .admin('PATCH', `${server}/routes`, body)
      .catch(() => undefined);
  },
  async "an edit of others' part"({ scene, random, acknowledged }) {
    const name = `f${random(1_000_000)}`;
    const body = JSON.stringify({ listen: [`unix/${join(scene.folder, name)}`], routes: [] });
    const answer = await scene
      .caddy()
      .admin('PUT', `/config/apps/http/servers/${name}`, body)
      .catch(() => undefined);
    if (answer?.status === 200) acknowledged.add(name);
  },
  async 'a corrupt history'({ scene, random }) {
    const folder = join(scene.folder, '.local/state/caddyctl/default/history');
    const names = await readdir(folder).catch(() => []);
    if (names.length > 0) await writeFile(join(folder, pick(random, names)), 'garbage');
  },
  async 'a rollback'({ scene, caddyPath }) {
    await caddyctl({ args: ['rollback', '--admin', scene.proxy.address], home: scene.folder, caddyPath }).ended;
  },
  'a SIGHUP': async ({ signal }) => signal('SIGHUP'),
  'an end and a start': async ({ signal }) => signal('SIGKILL'),
};
