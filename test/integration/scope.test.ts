import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { type Applying, startApplying } from '../support/applying.ts';
import { http1 } from '../support/client/http1.ts';
import { freePort } from '../support/client/ports.ts';

const caddyPath = inject('caddyPath');
let at: Applying;
let port: number;
let theirPort: number;

const answer = (body: string) => ({ handler: 'static_response', body });
const body = async (host: string, on: number): Promise<string> => (await http1({ host, port: on })).body;

/** As above while another writer reloads: Caddy then resets a connection now and again that has just come, and clients ask again. */
async function bodyUnderReloads(host: string, on: number): Promise<string> {
  for (let tries = 1; ; tries++) {
    try {
      return await body(host, on);
    } catch (error) {
      if (tries === 3 || (error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    }
  }
}

/** One site that answers `said`, with as much around it as `variant` says. */
function policy(on: number, host: string, said: string, variant = 0): string {
  const listen = `listen: '127.0.0.1:${on}', tls: off`;
  const log = variant % 3 === 1 ? ', log: { redact_query: [token] }' : '';
  const more = Array.from({ length: variant % 4 }, (_, n) => `  m${n}.example.com: { ${listen}, respond: more }\n`);
  const internal =
    variant % 2 === 1 ? `  i.example.com: { tls: internal, http: off, listen: ':${on + 1}', respond: i }\n` : '';
  return `sites:\n  ${host}: { ${listen}, respond: ${said}${log} }\n${more.join('')}${internal}`;
}

beforeEach(async () => {
  [port, theirPort] = [await freePort(), await freePort()];
});
afterEach(() => at.stop());

describe('what others put into the same Caddy', () => {
  /** Everything that somebody made by hand, in the places where it can stand, and the paths by which it is found again. */
  const byHand = (): { config: unknown; paths: string[] } => ({
    config: {
      logging: { logs: { theirs: { level: 'ERROR', exclude: ['http.log'] } } },
      apps: {
        http: {
          grace_period: 3_000_000_000,
          servers: {
            theirs: {
              listen: [`127.0.0.1:${theirPort}`],
              automatic_https: { disable: true },
              routes: [{ '@id': 'theirs-1', handle: [answer('theirs <&>\u2028')] }],
              read_timeout: '1m0s',
            },
          },
        },
        tls: {
          automation: {
            policies: [{ '@id': 'theirs-tls', subjects: ['theirs.example.com'], issuers: [{ module: 'internal' }] }],
          },
          cache: { capacity: 1234 },
        },
        events: { subscriptions: [] },
      },
    },
    paths: [
      '/config/apps/http/servers/theirs',
      '/config/apps/http/grace_period',
      '/config/apps/tls/cache',
      '/config/apps/events',
      '/config/logging/logs/theirs',
      '/id/theirs-tls',
    ],
  });

  test('is the same to the byte after ten applies of changing policies', async () => {
    const { config, paths } = byHand();
    at = await startApplying({ caddyPath });
    expect((await at.caddy.admin('POST', '/config/', JSON.stringify(config))).status).toBe(200);
    expect(await at.apply(policy(port, 'a.example.com', 'first'))).toMatchObject({ code: 0 });

    const ours = `/config/apps/http/servers/caddyctl-default-127.0.0.1-${port}`;
    const front = { '@id': 'theirs-front', match: [{ path: ['/front'] }], handle: [answer('front')], terminal: true };
    const rest = {
      '@id': 'theirs-rest',
      match: [{ host: ['rest.example.com'] }],
      handle: [answer('rest')],
      terminal: true,
    };
    await at.caddy.admin('PUT', `${ours}/routes/0`, JSON.stringify(front));
    await at.caddy.admin('POST', `${ours}/routes`, JSON.stringify(rest));
    paths.push('/id/theirs-front', '/id/theirs-rest');

    const shown = (): Promise<string[]> => Promise.all(paths.map((path) => at.live(path)));
    const before = await shown();
    expect(before.every((text) => !text.includes('"error"'))).toBe(true);
    for (let turn = 0; turn < 10; turn++) {
      const applied = await at.apply(
        policy(port, 'a.example.com', `turn${turn}`, turn),
        '--max-delete',
        '100%',
        '--no-verify',
      );
      expect(applied).toMatchObject({ code: 0 });
      expect(applied.stdout).toMatch(/^Applied: /);
      expect(await shown()).toEqual(before);
      expect(await body('a.example.com', port)).toBe(`turn${turn}`);
    }
    // And they still serve: the route in front before ours, the other one before our answer to unknown hosts.
    expect(await http1({ host: 'a.example.com', port }, { path: '/front' })).toMatchObject({ body: 'front' });
    expect(await body('rest.example.com', port)).toBe('rest');
    expect(await body('x', theirPort)).toBe('theirs <&>\u2028');
    expect(await http1({ host: 'unknown.example.com', port })).toMatchObject({ status: 421 });

    expect(await at.apply('sites: {}\n', '--allow-empty')).toMatchObject({ code: 0 });
    expect(await shown()).toEqual(before);
  });
});

describe('two writers', () => {
  /** A campaign: `CADDYCTL_LONG=1` for the whole. */
  const ROUNDS = process.env['CADDYCTL_LONG'] === '1' ? 100 : 20;

  test(`of different owners lose no change that was acknowledged, in ${2 * ROUNDS} rounds`, async () => {
    at = await startApplying({ caddyPath });
    // A folder of its own for the second one; its Caddy is not used.
    const other = await startApplying({ caddyPath });
    const writers = [
      { owner: 'red', on: port, place: at },
      { owner: 'blue', on: theirPort, place: other },
    ];
    try {
      let [done, again] = [0, 0];
      const work = writers.map(async ({ owner, on, place }) => {
        for (let round = 1; round <= ROUNDS; round++) {
          await place.write(policy(on, `${owner}.example.com`, `${owner}${round}`));
          for (;;) {
            const { code, stderr } = await place.run(
              'apply',
              '--no-verify',
              '--admin',
              at.proxy.address,
              '--owner',
              owner,
            );
            if (stderr.includes('planning again')) again++;
            if (code === 0) break;
            expect([code, stderr]).toEqual([5, expect.stringContaining('others wrote before us') as string]);
          }
          expect(await bodyUnderReloads(`${owner}.example.com`, on)).toBe(`${owner}${round}`);
          done++;
        }
      });
      await Promise.all(work);
      expect(done).toBe(2 * ROUNDS);
      // They really were in each other's way, else this shows nothing.
      expect(again).toBeGreaterThan(0);
      for (const { owner, on } of writers) expect(await body(`${owner}.example.com`, on)).toBe(`${owner}${ROUNDS}`);
    } finally {
      await other.stop();
    }
  }, 600_000);
});

describe('conflicts', () => {
  const theirs = (listen: string, host?: string): unknown => ({
    apps: {
      http: {
        servers: {
          srv0: {
            listen: [listen],
            automatic_https: { disable: true },
            routes: [{ ...(host !== undefined && { match: [{ host: [host] }] }), handle: [answer('theirs')] }],
          },
          elsewhere: {
            listen: [`127.0.0.1:${theirPort}`],
            automatic_https: { disable: true },
            routes: [{ handle: [answer('kept')] }],
          },
        },
      },
    },
  });

  test('over a listener: exit 5 naming both, and --force-conflicts takes exactly that server', async () => {
    at = await startApplying({ caddyPath, config: undefined });
    await at.caddy.admin('POST', '/config/', JSON.stringify(theirs(`:${port}`)));
    const before = await at.live();
    const result = await at.apply(policy(port, 'a.example.com', 'ours'));
    expect(result).toMatchObject({ code: 5, stdout: '' });
    expect(result.stderr).toContain(
      `error: conflict: the site a.example.com (policies/site.yaml:2:3) and Caddy's server "srv0", which is not caddyctl's, both want to listen on 127.0.0.1:${port}, which meets :${port}\n`,
    );
    expect(await at.live()).toBe(before);
    expect(await body('a.example.com', port)).toBe('theirs');
    expect(await at.run('diff')).toMatchObject({ code: 5 });

    const forced = await at.run('apply', '--force-conflicts');
    expect(forced).toMatchObject({ code: 0 });
    expect(forced.stderr).toContain(`- Caddy's server "srv0", which is not caddyctl's, with `);
    const [, kept = ''] = /What Caddy ran before is kept in (.*)/.exec(forced.stderr) ?? [];
    const { apps } = JSON.parse(before) as { apps: object };
    expect(JSON.parse(await readFile(kept, 'utf8'))).toEqual({ apps, logging: null });
    expect(await body('a.example.com', port)).toBe('ours');
    expect(await body('x', theirPort)).toBe('kept');
    expect(await at.run('apply')).toMatchObject({ code: 0 });
  });

  test('over a host: exit 5, and --force-conflicts lets both be', async () => {
    at = await startApplying({ caddyPath });
    const elsewhere = await freePort();
    await at.caddy.admin('POST', '/config/', JSON.stringify(theirs(`127.0.0.1:${elsewhere}`, 'a.example.com')));
    const result = await at.apply(policy(port, 'a.example.com', 'ours'));
    expect(result.code).toBe(5);
    expect(result.stderr).toContain(
      `the site a.example.com (policies/site.yaml:2:3) is also routed by Caddy's server "srv0", which is not caddyctl's`,
    );
    expect(await at.run('apply', '--force-conflicts')).toMatchObject({ code: 0 });
    expect(await body('a.example.com', elsewhere)).toBe('theirs');
    expect(await body('a.example.com', port)).toBe('ours');
  });

  test('over the name in another automation policy: what is forced, Caddy takes', async () => {
    at = await startApplying({ caddyPath });
    const theirPolicy = { subjects: ['a.example.com', 'b.example.com'], issuers: [{ module: 'internal' }] };
    const apps = { tls: { automation: { policies: [theirPolicy] } } };
    await at.caddy.admin('POST', '/config/', JSON.stringify({ apps }));
    const site = `sites:\n  a.example.com: { tls: internal, http: off, listen: '127.0.0.1:${port}', respond: ours }\n`;
    const result = await at.apply(site);
    expect(result.code).toBe(5);
    expect(result.stderr).toContain(
      `the certificate of the site a.example.com (policies/site.yaml:2:3) is also decided by Caddy's TLS automation policy`,
    );
    expect(await at.run('apply', '--force-conflicts')).toMatchObject({ code: 0 });
    const policies = JSON.parse(await at.live('/config/apps/tls/automation/policies')) as { subjects: string[] }[];
    expect(policies.map(({ subjects }) => subjects)).toEqual([['a.example.com'], ['b.example.com']]);
  });

  test("the page that Debian's package starts with has a hint of its own", async () => {
    at = await startApplying({ caddyPath });
    const caddyfile = `http://:${port} {\n\troot * /usr/share/caddy\n\tfile_server\n}\n`;
    const adapted = await at.caddy.admin('POST', '/adapt', caddyfile, { 'content-type': 'text/caddyfile' });
    const { result: config } = adapted.json as { result: unknown };
    expect((await at.caddy.admin('POST', '/config/', JSON.stringify(config))).status).toBe(200);
    const result = await at.apply(policy(port, 'a.example.com', 'ours'));
    expect(result.code).toBe(5);
    expect(result.stderr).toContain('hint: "srv0" is the welcome page that Caddy\'s package starts with');
  });
});
