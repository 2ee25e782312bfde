import type { Target } from '../../src/caddy/target.ts';
import { compile } from '../../src/compile.ts';
import { pick, type Random } from '../support/random.ts';
import { oddPattern, oddText, oddValue } from './odd-values.ts';

type Route = Readonly<Record<string, unknown>>;

/** One field with one odd value in it, as a route. */
const fields: readonly ((random: Random) => Route)[] = [
  (random) => ({ respond: 'x', when: { regex: oddPattern(random) } }),
  (random) => ({ respond: 'x', when: { regex: oddPattern(random) } }),
  (random) => ({ respond: 'x', when: { path_glob: oddText(random) } }),
  (random) => ({ respond: 'x', when: { header: { [oddText(random)]: oddText(random) } } }),
  (random) => ({ respond: 'x', when: { query: { [oddText(random)]: oddText(random) } } }),
  (random) => ({ respond: 'x', when: { method: oddText(random) } }),
  (random) => ({ respond: 'x', when: { client_ip: oddText(random) } }),
  (random) => ({ respond: 'x', when: { not: { regex: oddPattern(random) } } }),
  (random) => ({ respond: 'x', headers: { [oddText(random)]: oddValue(random) } }),
  (random) => ({ to: 'app:1', request_headers: { [oddText(random)]: oddValue(random) } }),
  (random) => ({ respond: { body: oddText(random), content_type: oddText(random), status: oddValue(random) } }),
  (random) => ({ respond: oddText(random), cache_control: oddText(random) }),
  (random) => ({ redirect: { to: oddText(random), keep_path: random(2) === 0 } }),
  (random) => ({ files: { root: oddText(random), browse: true } }),
  (random) => ({ files: { root: '/srv', fallback: oddText(random) } }),
  (random) => ({ deny: oddValue(random) }),
  (random) => ({ to: oddText(random) }),
  (random) => ({ to: [oddText(random), 'app:2'] }),
  (random) => ({ to: 'app:1', max_body: oddValue(random) }),
  (random) => ({ to: 'app:1', timeouts: { connect: oddText(random), first_byte: oddText(random) } }),
  (random) => ({ to: 'app:1', rewrite: { strip_prefix: oddText(random), add_prefix: oddText(random) } }),
  (random) => ({ to: 'app:1', rewrite: { path: oddText(random) } }),
  (random) => ({
    to: 'app:1',
    cors: { origins: oddText(random), headers: [oddText(random)], max_age: oddText(random) },
  }),
  (random) => ({ to: 'app:1', errors: { [oddText(random)]: { body: oddText(random), status: oddValue(random) } } }),
  (random) => ({ to: 'app:1', errors: { '404': { redirect: oddText(random) } } }),
  (random) => ({ to: 'app:1', allow_from: oddText(random), deny_from: [oddText(random)] }),
  (random) => ({ to: 'app:1', auth: { forward: { to: oddText(random), path: oddText(random) } } }),
  (random) => ({
    to: 'app:1',
    auth: { basic: { users: { [oddText(random)]: { env: 'TOKEN' } }, realm: oddText(random) } },
  }),
  (random) => ({ to: 'app:1', auth: { forward: { to: 'b:1', path: '/x', copy_headers: [oddText(random)] } } }),
];

const most = 60;

/** A policy that is full of odd values each of which is taken by itself, so that Caddy is asked for many at once. */
export function packedPolicy(random: Random, target: Target): unknown {
  const field = pick(random, fields);
  const routes: Record<string, Route> = { '/': { respond: 'root' } };
  const sites: Record<string, unknown> = { 'packed.example': { routes } };
  for (let left = 4 * most; left > 0 && Object.keys(routes).length < most; left--) {
    const route = field(random);
    const key = random(4) === 0 ? oddText(random) : `/${left}`;
    if (key === '/') continue;
    const alone = { sites: { 'a.example': { routes: { [key]: route, '/': { respond: 'root' } } } } };
    if (isTaken(alone, target)) routes[key] = route;
  }
  for (let left = 20; left > 0; left--) {
    const host = oddText(random);
    if (isTaken({ sites: { [host]: 'app:1' } }, target) && !host.includes('packed')) sites[host] = 'app:1';
  }
  return { sites };
}

function isTaken(policy: unknown, target: Target): boolean {
  return compile([{ path: 'a.json', text: JSON.stringify(policy) }], target).config !== undefined;
}
