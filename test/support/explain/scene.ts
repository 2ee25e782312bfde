import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostSlug, ownedId, pathSlug } from '../../../src/caddy/ids.ts';
import { compile } from '../../../src/compile.ts';
import { renderDiagnostics } from '../../../src/diagnostics/render.ts';
import type { Asked } from '../../../src/explain/asked.ts';
import { type Explainer, explainer } from '../../../src/explain/explainer.ts';
import type { Model, Route } from '../../../src/ir/model.ts';
import type { Dial } from '../../../src/plan/listen.ts';
import { type LiveListener, liveListeners } from '../../../src/trace/trace.ts';
import { secretNames } from '../arbitrary/values.ts';
import { type RunningCaddy, startCaddy } from '../caddy.ts';
import type { Answer } from '../client/answer.ts';
import { freePort } from '../client/ports.ts';
import { goldenTarget } from '../golden.ts';
import { hashOfSecret } from '../sandboxed-config.ts';
import { until } from '../until.ts';
import { instrumented } from './instrumented.ts';
import { Line } from './wire.ts';

/** Credentials that every gate of an arbitrary policy takes. */
export const rightCredentials: readonly string[] = [
  `Basic ${Buffer.from('adam:secret').toString('base64')}`,
  `Bearer ${hashOfSecret}`,
];

/** What the policies of a case mean, to caddyctl and to a real Caddy. */
export interface Loaded extends Explainer {
  readonly model: Model;
  /** The servers as they would run without the test. */
  readonly live: readonly LiveListener[];
  /** The last part of the `@id` of a route. */
  readonly idOf: (host: string, route: Route | undefined) => string;
  readonly ask: (asked: Asked) => Promise<Answer>;
  /** Where an address of the policy is in this turn. */
  readonly dialOf: (address: string) => Dial;
}

/** A real Caddy that runs one instrumented policy after the other. */
export class Scene {
  readonly #caddy: RunningCaddy;
  readonly #ports: readonly number[];
  #lines = new Map<string, Line>();
  #turn = 0;

  private constructor(caddy: RunningCaddy, ports: readonly number[]) {
    this.#caddy = caddy;
    this.#ports = ports;
  }

  static async start(caddyPath: string): Promise<Scene> {
    const env = Object.fromEntries(secretNames.map((name) => [name, hashOfSecret]));
    const caddy = await startCaddy({ caddyPath, env });
    await mkdir(join(caddy.folder, 'secrets'));
    await writeFile(join(caddy.folder, 'secrets', 'token'), hashOfSecret);
    const ports = new Set<number>();
    while (ports.size < 2 * LISTENERS) ports.add(await freePort());
    const scene = new Scene(caddy, [...ports]);
    await scene.#certificateMade();
    return scene;
  }

  async stop(): Promise<void> {
    this.#hangUp();
    await this.#caddy.stop();
  }

  /** Caddy makes its certificate some time after it was told to, and keeps it from then on. */
  async #certificateMade(): Promise<void> {
    const { ask, listeners } = await this.load('sites: { a.test: { tls: internal, respond: made } }');
    const at = listeners.find(({ tls }) => tls)?.address ?? '';
    const asked = { method: 'GET', at, host: 'a.test', target: '/', headers: [], from: '127.0.0.1' } as const;
    await until(async () => {
      const answer = await ask({ ...asked, protocol: 'http/1.1' }).catch(() => undefined);
      return answer?.body === 'made' || undefined;
    });
  }

  #hangUp(): void {
    for (const line of this.#lines.values()) line.end();
    this.#lines = new Map();
  }

  /** Compiles a policy and has Caddy run it. Fails with the diagnostics where there are errors. */
  async load(text: string): Promise<Loaded> {
    const { config, model, diagnostics } = compile([{ path: 'policy.yaml', text }], goldenTarget);
    if (!config || !model) throw new Error(`${renderDiagnostics(diagnostics)}\n${text}`);
    this.#hangUp();
    // Not the ports of the turn before, on which the config before may still take a connection.
    const ports = this.#ports.slice((this.#turn % 2) * LISTENERS).slice(0, LISTENERS);
    const sockets = join(this.#caddy.folder, `s${this.#turn++}-`);
    const moved = new Map<string, number | string>();
    const move = (address: string): number | string => {
      const known = moved.get(address);
      if (known !== undefined) return known;
      const place = address.startsWith('unix/') ? `${sockets}${moved.size}` : ports[moved.size];
      if (place === undefined) throw new Error(`more than ${LISTENERS} addresses`);
      moved.set(address, place);
      return place;
    };
    const listen = (address: string) => {
      const place = move(address);
      return typeof place === 'string' ? `unix/${place}` : `127.0.0.1:${place}`;
    };
    const json = instrumented(config, { listen, echo: listen('the echo'), gate: listen('the gate') });
    const made = JSON.stringify(json).replaceAll('/run/secrets/', join(this.#caddy.folder, 'secrets/'));
    const answer = await this.#caddy.admin('POST', '/load', made);
    if (answer.status !== 200) throw new Error(`Caddy says ${answer.text}\nof ${text}`);
    const explained = explainer(model, goldenTarget);
    const tls = new Map(explained.listeners.map((listener) => [listener.address, listener.tls]));
    const ask = (asked: Asked): Promise<Answer> => {
      const key = `${asked.at} ${asked.from}`;
      const place = move(asked.at);
      const to = typeof place === 'string' ? { path: place } : { port: place, from: asked.from ?? '' };
      const line = this.#lines.get(key) ?? new Line({ to, tls: tls.get(asked.at) ?? false });
      this.#lines.set(key, line);
      return line.ask(asWritten(asked), asked.method !== 'HEAD');
    };
    const dialOf = (address: string): Dial => {
      const place = move(address);
      return typeof place === 'string' ? { path: place } : { host: '127.0.0.1', port: place };
    };
    return { ...explained, model, live: liveListeners(config.apps), idOf: idsOf(model), ask, dialOf };
  }
}

const LISTENERS = 24;

/** The bytes of a request, as latin1. */
function asWritten({ method, target, host, headers, protocol }: Asked): string {
  const lines = [
    `${method} ${target} ${protocol.toUpperCase()}`,
    ...(host === '' ? [] : [`Host: ${host}`]),
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`).toString('latin1');
}

/** What ends the `@id` of a site's route, counted as the table of routes counts those of one path. */
function idsOf({ sites }: Model): Loaded['idOf'] {
  const ids = new Map<Route, string>();
  for (const site of sites) {
    const seen = new Map<string, number>();
    for (const route of site.routes) {
      const slug = pathSlug(route.pattern);
      const turn = (seen.get(slug) ?? 0) + 1;
      seen.set(slug, turn);
      ids.set(route, ownedId('', hostSlug(site.hosts[0] ?? '') + slug + (turn === 1 ? '' : `-n${turn}`)));
    }
  }
  const end = (text: string) => text.slice('caddyctl.'.length);
  return (host, route) => end(route ? (ids.get(route) ?? '') : ownedId('', hostSlug(host)));
}
