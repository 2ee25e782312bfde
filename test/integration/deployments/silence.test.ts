import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startBackend, type Backend } from '../../support/backend/backend.ts';
import { serverSentEvent, streaming } from '../../support/backend/stream.ts';
import { webSocketApp } from '../../support/backend/websocket.ts';
import { read1, read2 } from '../../support/client/stream.ts';
import { webSocket } from '../../support/client/websocket.ts';
import { deploy, type Deployment } from '../../support/deployment.ts';
import { changeConfig } from './reloads.ts';

/** Silence is what is tested here, and takes its time: only with CADDYCTL_LONG=1. */
const long = process.env['CADDYCTL_LONG'] === '1';
const SILENCE = 300_000;
const PATIENCE = { timeout: SILENCE + 60_000, concurrent: true };

const events = streaming('text/event-stream');
const sockets = webSocketApp(30_000);
let backend: Backend;
let aidoo: Deployment;
let pipelit: Deployment;

describe.runIf(long)('five minutes', () => {
  beforeAll(async () => {
    backend = await startBackend({ app: events.app, upgrade: sockets.upgrade });
    const places = ['hub:8000', 'pika:8000', 'vera-frontend:3000', 'vera-backend:8000'];
    const dials = Object.fromEntries(places.map((place) => [place, backend.address]));
    const caddyPath = inject('caddyPath');
    aidoo = await deploy({ caddyPath, policy: 'aidoo.yaml', dials });
    pipelit = await deploy({ caddyPath, policy: 'pipelit.yaml', dials: { 'localhost:8000': backend.address } });
  });

  afterAll(async () => {
    await aidoo?.stop();
    await pipelit?.stop();
    await backend?.stop();
  });

  test('of silence do not end an event stream', PATIENCE, async () => {
    const streams = [];
    for (const [host, path] of [
      ['hub.example.com', '/api/models/pull/stream'],
      ['pika.example.com', '/api/v1/query/stream'],
      ['vera.example.com', '/documents/42/status/stream'],
    ] as const) {
      for (const read of [read1, read2]) {
        const reading = await read(aidoo.https(host), { path });
        streams.push({ reading, app: await events.opened() });
      }
    }
    await sleep(SILENCE);
    for (const { reading, app } of streams) {
      app.send(serverSentEvent(1));
      expect(await reading.until('\n\n')).toBe(serverSentEvent(1));
      app.end();
      await reading.rest();
    }
  });

  test('with a heartbeat every 30 seconds, and a reload, do not end a WebSocket', PATIENCE, async () => {
    const client = await webSocket(pipelit.https('your-domain.com'), '/ws/?token=x');
    const app = await sockets.connected();
    await changeConfig(pipelit.caddy, 1);
    for (let beat = 1; beat <= SILENCE / 30_000; beat++) await Promise.all([client.nextPing(), app.nextPong()]);
    client.send('still here');
    expect(await client.nextMessage()).toBe('still here');
    client.close();
    await app.closed;
  });
});
