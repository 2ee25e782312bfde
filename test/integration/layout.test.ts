import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { type Backend, startBackend } from '../support/backend/backend.ts';
import { spellings } from '../support/client/spellings.ts';
import { goldenTarget } from '../support/golden.ts';
import { type BothLayouts, startBothLayouts } from '../support/layout/both-layouts.ts';
import { manySites } from '../support/layout/many-sites.ts';
import { pick, type Random, randomFrom } from '../support/random.ts';

/** `SEED=…` repeats a run. */
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const isLong = process.env['CADDYCTL_LONG'] === '1';
const sets = isLong ? 20 : 2;
/** Nothing listens there: a 502, and the next request is asked anew. */
const NOBODY = '127.0.0.1:1';
const requests = isLong ? 5_000 : 1_500;

let apps: Backend[];
let both: BothLayouts;

beforeAll(async () => {
  apps = await Promise.all(
    ['one', 'two', 'three'].map((name) =>
      startBackend({
        app: (request, response) => {
          const seen = { name, method: request.method, url: request.url, headers: request.rawHeaders };
          response.setHeader('X-App', name);
          // Where it is asked as an auth service, some sites copy it.
          response.setHeader('Host', 's1.example.com');
          response.end(JSON.stringify(seen));
        },
      }),
    ),
  );
  both = await startBothLayouts(inject('caddyPath'));
});

afterAll(async () => {
  await Promise.all([both.stop(), ...apps.map((app) => app.stop())]);
});

test('whatever the layout, every request has the same answer', { timeout: 600_000 }, async () => {
  const random = randomFrom(seed);
  const seen = new Set<number>();
  for (let set = 0; set < sets; set++) {
    const text = manySites(random, { addresses: [...apps.map(({ address }) => address), NOBODY] }, 400);
    await both.load(text);
    const hosts = Object.keys((JSON.parse(text) as { sites: object }).sites).flatMap((key) => key.split(', '));
    for (let done = 0; done < requests; done += 20) {
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          const lines = requestLines(random, hosts);
          const [plain, auto] = await Promise.all([both.ask('plain', lines), both.ask('auto', lines)]);
          expect(auto, `seed ${seed}: ${lines.join(' | ')}`).toEqual(plain);
          seen.add(plain.status);
        }),
      );
    }
  }
  // All kinds of answers were seen, or nothing was compared.
  expect([...seen]).toEqual(expect.arrayContaining([200, 308, 400, 403, 404, 410, 421, 502]));
});

test('paths that policies write stand under the same ids, and lists of hosts name every host at the top', () => {
  const text = manySites(randomFrom(seed), { addresses: ['127.0.0.1:8001', '127.0.0.1:8002'] }, 400);
  const made = (['plain', 'auto'] as const).map((layout) =>
    compile([{ path: 'many.json', text }], { ...goldenTarget, layout }),
  );
  const [plain, auto] = made.map(({ config }) => topHosts(config));
  expect(auto?.size).toBeGreaterThan(400);
  expect(auto).toEqual(plain);
  const [plainIds = [], autoIds = []] = made.map(({ origins }) => [...(origins?.keys() ?? [])]);
  expect(plainIds.filter((id) => !autoIds.includes(id))).toEqual([]);
});

function topHosts(config: unknown): Set<string> {
  const { apps: all } = config as {
    apps: { http: { servers: Record<string, { routes: { match?: { host?: string[] }[] }[] }> } };
  };
  const routes = Object.values(all.http.servers).flatMap((server) => server.routes);
  return new Set(routes.flatMap(({ match = [] }) => match.flatMap(({ host = [] }) => host)).toSorted());
}

/** The raw lines of one request: hosts and paths as they are, and in other spellings. */
function requestLines(random: Random, hosts: readonly string[]): string[] {
  const chosen = random(12) === 0 ? pick(random, ['paths.example.com', 'listed.example.com']) : pick(random, hosts);
  const host = chosen.replace('*', pick(random, ['x', 'one', 'x.y', '*', 'X']));
  const spelt = pick(random, [
    host,
    host,
    host,
    host.toUpperCase(),
    `${host}:80`,
    `${host}.`,
    `[${host}]`,
    `[${host}`,
    `${host}]:80`,
    `x${host}`,
    `${host}:80:80`,
    host.replace('s', 'S'),
    '[::1]',
    '',
  ]);
  const path = pick(random, [
    '/',
    '/api/x',
    '/health',
    '/gone',
    '/internal',
    `/p${random(40)}`,
    `/p${random(40)}/x`,
    `/P${random(40)}/X/y`,
    `/p${random(40)}/${random(90)}`,
    `/p${random(40)}-${random(7)}/deep?x=1`,
    `/p${random(40)}/%c3%a9`,
    `/p${random(40)}/a%2fB`,
    `/p${random(40)}/q/end/x`,
    '/xy/q/z',
    '*',
    pick(random, spellings(pick(random, ['/api', '/internal', `/p${random(40)}/x`]))),
  ]);
  const method = pick(random, ['GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS']);
  return [`${method} ${path} HTTP/1.1`, `Host: ${spelt}`, 'Origin: https://a.example.com', 'Cookie: a=b'];
}
