import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '../row.ts';
import { appsOf, openScene, type Scene } from '../scene.ts';
import { host, lanes, startApp, startClients, type Traffic } from '../traffic.ts';

/** More often would be one save to the daemon. */
const spacingMs = 2_100;

export const traffic: Row = {
  name: 'traffic',
  fault: 'requests in flight, 20 WebSockets and SSE streams over 50 real reloads',
  mustHold:
    '0 answers cut, 0 streams cut; a client that repeats a request whose kept connection closed before any answer sees 0 failures; fresh connections fail no more often than under a bare POST of the same configs in the same run',
  async run(context) {
    const reloads = context.rounds(50);
    const scene = await openScene(context);
    const app = await startApp();
    const text = (version: number): string => `services:
  app: { at: "${app.address}", streams: [/events] }
sites:
  ${host}:
    listen: '127.0.0.1:${scene.port}'
    tls: off
    routes: { /: app, /version: { respond: v${version} } }
`;
    try {
      await scene.startCaddy();
      await scene.write(text(0));
      const daemon = scene.daemon();
      await daemon.said({ msg: 'policies applied' });
      const configs: string[] = [];
      const clients = await startClients(scene.port);
      const loads = { before: await scene.takenAfter(1), byUs: 0 };
      for (let version = 1; version <= reloads; version++) {
        await sleep(spacingMs);
        const before = scene.taken();
        await scene.write(text(version));
        await scene.takenAfter(before + 1);
        configs.push(await appsOf(scene));
      }
      await sleep(spacingMs);
      const ours = await clients.traffic();
      await daemon.end();
      loads.byUs = scene.taken() - loads.before;
      const bare = await underBarePosts(scene, configs);
      return {
        did: `${reloads} saves, ${spacingMs} ms apart, then the same ${reloads} configs by bare POST; clients at once: ${Object.entries(
          lanes,
        )
          .map(([name, count]) => `${count} ${name}`)
          .join(', ')}`,
        held: `under caddyctl ${sentence(ours)}; under bare POST ${sentence(bare)}`,
        broken: [
          ...problemsOf(ours),
          ...comparedTo(bare, ours),
          ...(loads.byUs === reloads ? [] : [`${loads.byUs} loads for ${reloads} saves`]),
        ],
        raw: { caddyctl: ours, barePost: bare, reloads, loads },
      };
    } finally {
      await scene.stop();
      await app.stop();
    }
  },
};

async function underBarePosts(scene: Scene, configs: readonly string[]): Promise<Traffic> {
  const clients = await startClients(scene.port);
  // The first one is of another version than the last that was served, so each of them is a real reload.
  for (const config of configs) {
    await sleep(spacingMs);
    const before = scene.taken();
    await scene.caddy().admin('POST', '/config/apps', config);
    await scene.takenAfter(before + 1);
  }
  await sleep(spacingMs);
  return await clients.traffic();
}

function problemsOf({ kept, inFlight, webSockets, events, wrong }: Traffic): string[] {
  const found = {
    'answers cut': inFlight.cut,
    'WebSockets cut': webSockets.cut,
    'event streams cut': events.cut,
    'requests failed that were repeated': kept.failed,
    'wrong answers': wrong,
  };
  return Object.entries(found).flatMap(([what, count]) => (count === 0 ? [] : [`${count} ${what}`]));
}

/** More is what chance does not bring about. */
function comparedTo(bare: Traffic, ours: Traffic): string[] {
  const most = failedAnew(bare) + 2 + 3 * Math.sqrt(failedAnew(bare));
  return failedAnew(ours) > most ? ['fresh connections fail more often than under bare POST'] : [];
}

function failedAnew({ fresh, inFlight }: Traffic): number {
  return fresh.failed + inFlight.failed;
}

function sentence(met: Traffic): string {
  const { kept, fresh, inFlight, webSockets, events } = met;
  return [
    `${inFlight.cut} of ${inFlight.answers} answers cut`,
    `${webSockets.cut} WebSockets and ${events.cut} event streams cut`,
    `${kept.repeated} of ${kept.requests} repeated and ${kept.failed} failed on kept connections`,
    `${failedAnew(met)} of ${fresh.requests + inFlight.answers + inFlight.failed} fresh connections failed`,
  ].join(', ');
}
