import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Asked } from '../../../src/explain/asked.ts';
import { explainer } from '../../../src/explain/explainer.ts';
import type { CaddyConfig } from '../../../src/caddy/translate.ts';
import type { Model } from '../../../src/ir/model.ts';
import { secretNames } from '../arbitrary/values.ts';
import { type RunningCaddy, startCaddy } from '../caddy.ts';
import type { Answer } from '../client/answer.ts';
import { freePort } from '../client/ports.ts';
import { instrumented } from '../explain/instrumented.ts';
import { goldenTarget } from '../golden.ts';
import { hashOfSecret } from '../sandboxed-config.ts';
import { until } from '../until.ts';
import { call, type Spot } from './caller.ts';

type Json = Record<string, unknown>;

const LISTENERS = 24;

/** What an app says of itself, so that it shows what becomes of such headers. */
const appHeaders: Readonly<Record<string, string>> = {
  'X-Frame-Options': 'of the app',
  'X-Powered-By': 'of the app',
  'Cache-Control': 'of the app',
  'Strict-Transport-Security': 'of the app',
  'Content-Security-Policy': 'of the app',
  'X-Zero': 'of the app',
  'Access-Control-Allow-Origin': 'of the app',
  'Access-Control-Allow-Credentials': 'of the app',
  'Access-Control-Expose-Headers': 'of the app',
  'Access-Control-Allow-Methods': 'of the app',
  'Access-Control-Allow-Headers': 'of the app',
  'Access-Control-Max-Age': 'of the app',
};

/** A real Caddy on which one policy after the other is played; clients come from whatever address they say. */
export class Stage {
  readonly #caddy: RunningCaddy;
  readonly #ports: readonly number[];
  #turn = 0;

  private constructor(caddy: RunningCaddy, ports: readonly number[]) {
    this.#caddy = caddy;
    this.#ports = ports;
  }

  static async start(caddyPath: string): Promise<Stage> {
    const env = Object.fromEntries(secretNames.map((name) => [name, hashOfSecret]));
    const caddy = await startCaddy({ caddyPath, env });
    await mkdir(join(caddy.folder, 'secrets'));
    await writeFile(join(caddy.folder, 'secrets', 'token'), hashOfSecret);
    const ports = new Set<number>();
    while (ports.size < 2 * LISTENERS) ports.add(await freePort());
    return new Stage(caddy, [...ports]);
  }

  async stop(): Promise<void> {
    await this.#caddy.stop();
  }

  /** Has Caddy run a config, and gives how to ask it. A listener that is not there answers with status 0. */
  async play(config: CaddyConfig, model: Model): Promise<(asked: Asked) => Promise<Answer>> {
    // Not the ports of the turn before, on which the config before may still take a connection.
    const ports = this.#ports.slice((this.#turn % 2) * LISTENERS).slice(0, LISTENERS);
    const sockets = join(this.#caddy.folder, `s${this.#turn++}-`);
    const moved = new Map<string, number | string>();
    const move = (address: string): number | string => {
      const place = address.startsWith('unix/') ? `${sockets}${moved.size}` : ports[moved.size];
      if (place === undefined) throw new Error(`more than ${LISTENERS} addresses`);
      const known = moved.get(address) ?? place;
      moved.set(address, known);
      return known;
    };
    const listen = (address: string): string => {
      const place = move(address);
      return typeof place === 'string' ? `unix/${place}` : `127.0.0.1:${place}`;
    };
    const json = believing(instrumented(config, { listen, echo: listen('the echo'), gate: listen('the gate') }));
    const made = JSON.stringify(json).replaceAll('/run/secrets/', join(this.#caddy.folder, 'secrets/'));
    const answer = await this.#caddy.admin('POST', '/load', made);
    if (answer.status !== 200) throw new Error(`Caddy says ${answer.text}`);
    const { listeners } = explainer(model, goldenTarget);
    const spots = new Map(
      listeners.map(({ address, tls }): [string, Spot] => [address, { place: move(address), tls }]),
    );
    const [secured] = [...spots.values()].filter(({ tls }) => tls);
    if (secured) await certificateMade(secured);
    return async (asked) => {
      const spot = spots.get(asked.at);
      return spot ? await call(spot, asked) : { status: 0, headers: [], body: '' };
    };
  }
}

export type Play = Awaited<ReturnType<Stage['play']>>;

/** Caddy makes its certificate some time after it was told to, and keeps it from then on. */
async function certificateMade(spot: Spot): Promise<void> {
  const asked = { method: 'GET', at: '', host: 'a.test', target: '/', headers: [], from: '127.0.0.1' } as const;
  await until(() => call(spot, { ...asked, protocol: 'http/1.1' }).catch(() => undefined));
}

/** Every listener of a policy takes a client's word for where it comes from; apps say something of themselves. */
function believing({ apps, ...rest }: Json): Json {
  const { http, ...others } = apps as { http: { servers: Record<string, Json> } };
  const servers = Object.entries(http.servers).map(([name, server]) => {
    if (name === 'echo') return [name, { ...server, routes: withHeaders(server['routes'] as Json[]) }];
    if (name === 'gate') return [name, server];
    const wrapper = { wrapper: 'proxy_protocol', allow: ['127.0.0.0/8'], timeout: '2s' };
    return [name, { ...server, listener_wrappers: [wrapper, { wrapper: 'tls' }] }];
  });
  return { ...rest, apps: { ...others, http: { servers: Object.fromEntries(servers) } } };
}

function withHeaders(routes: readonly Json[]): Json[] {
  const headers = Object.fromEntries(Object.entries(appHeaders).map(([name, value]) => [name, [value]]));
  return routes.map((route) => ({
    ...route,
    handle: (route['handle'] as Json[]).map((handler) => ({ ...handler, headers })),
  }));
}
