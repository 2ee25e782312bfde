import { expect } from 'vitest';
import type { RunningCaddy } from '../../support/caddy.ts';

/** A real change of the config, as when an operator adds a site: each round's is different, and in force when this returns. */
export async function changeConfig(caddy: RunningCaddy, round: number): Promise<void> {
  const { json } = await caddy.admin('GET', '/config/apps/http/servers');
  const [name] = Object.keys(json as object);
  const route = {
    match: [{ host: [`round-${round}.invalid`] }],
    handle: [{ handler: 'static_response', body: `round ${round}` }],
  };
  const { status } = await caddy.admin('PUT', `/config/apps/http/servers/${name}/routes/0`, JSON.stringify(route));
  expect(status).toBe(200);
}
