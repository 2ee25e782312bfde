import { afterEach, expect, inject, test } from 'vitest';
import { AdminError } from '../../src/admin/errors.ts';
import type { AdminPort } from '../../src/admin/port.ts';
import { canonical, type JsonValue } from '../../src/caddy/json.ts';
import { adminFor, failureOf } from '../support/admin-client.ts';
import { type RunningCaddy, startCaddy } from '../support/caddy.ts';
import { freePort } from '../support/client/ports.ts';
import { says, staticApp } from '../support/static-app.ts';

const caddyPath = inject('caddyPath');
let caddy: RunningCaddy;
afterEach(() => caddy.stop());

const ROUNDS = 200;

test.each(['unix', 'tcp'] as const)(
  'two writers append over %s, and no change that was acknowledged is lost',
  async (admin) => {
    const port = await freePort();
    caddy = await startCaddy({ caddyPath, admin, config: { apps: staticApp(port, 'first') } });
    const writers = [adminFor(caddy.address), adminFor(caddy.address)];
    const tally = { conflicts: 0 };
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const marks = writers.map((_, index) => `round ${round} of ${index}`);
      await Promise.all(writers.map((writer, index) => append(writer, marks[index] ?? '', tally)));
      acknowledged.push(...marks);
    }
    const live = await adminFor(caddy.address).read('apps');
    expect(marksOf(live.value).sort()).toEqual(acknowledged.sort());
    // Both really were in each other's way, else this shows nothing.
    expect(tally.conflicts).toBeGreaterThan(ROUNDS / 10);
  },
  300_000,
);

test('of many first writers one wins, and the others are told', async () => {
  for (let round = 0; round < 10; round++) {
    caddy = await startCaddy({ caddyPath });
    const port = await freePort();
    const bases = await Promise.all(
      [1, 2, 3, 4, 5].map(async (name) => {
        const client = adminFor(caddy.address);
        return { client, name, base: await client.read('apps') };
      }),
    );
    const outcomes = await Promise.all(
      bases.map(async ({ client, name, base }) => {
        try {
          await client.write('apps', canonical(staticApp(port, `${name}`)), base);
          return `${name}`;
        } catch (error) {
          return error instanceof AdminError ? error.kind : error;
        }
      }),
    );
    expect(outcomes.filter((outcome) => outcome === 'conflict')).toHaveLength(4);
    expect(outcomes).toContain(await says(port));
    await caddy.stop();
  }
});

test('a writer with an old base is told, also where another writer only made a list longer', async () => {
  const port = await freePort();
  caddy = await startCaddy({ caddyPath, config: { apps: staticApp(port, 'first') } });
  const client = adminFor(caddy.address);
  const base = await client.read('apps');
  const more = JSON.stringify({ handle: [{ handler: 'static_response', body: 'more' }] });
  expect((await caddy.admin('POST', '/config/apps/http/servers/test/routes', more)).status).toBe(200);
  expect(await failureOf(client.write('apps', canonical(staticApp(port, 'second')), base))).toEqual({
    kind: 'conflict',
  });
  expect(await says(port)).toBe('first');
});

/** Reads, appends one route and writes, until it is acknowledged. */
async function append(writer: AdminPort, mark: string, tally: { conflicts: number }): Promise<void> {
  for (;;) {
    const base = await writer.read('apps');
    const route = canonical({ handle: [{ handler: 'static_response', body: mark }] });
    try {
      await writer.write('apps', canonical(base.value).replace(/"routes":\[/, `$&${route},`), base);
      return;
    } catch (error) {
      if (!(error instanceof AdminError) || !['conflict', 'not-applied'].includes(error.kind)) throw error;
      tally.conflicts++;
    }
  }
}

function marksOf(apps: JsonValue): string[] {
  return [...canonical(apps).matchAll(/round \d+ of \d/g)].map(String);
}
