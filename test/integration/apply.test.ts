import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { type Applying, startApplying } from '../support/applying.ts';
import { freePort } from '../support/client/ports.ts';
import { http1 } from '../support/client/http1.ts';

const caddyPath = inject('caddyPath');
let at: Applying;
let port: number;

beforeEach(async () => {
  at = await startApplying({ caddyPath });
  port = await freePort();
});
afterEach(() => at.stop());

/** Sites in the clear on a port of the test's own. */
function sites(bodies: Readonly<Record<string, string>>, extra = ''): string {
  const each = Object.entries(bodies).map(
    ([name, body]) => `  ${name}.example.com: { listen: '127.0.0.1:${port}', tls: off, respond: ${body}${extra} }\n`,
  );
  return `sites:\n${each.join('')}`;
}

async function body(name: string): Promise<string> {
  return (await http1({ host: `${name}.example.com`, port })).body;
}

/** The path in Caddy's config of a site's route. */
async function routeOf(name: string): Promise<string> {
  const path = `/config/apps/http/servers/caddyctl-default-127.0.0.1-${port}/routes`;
  const routes = JSON.parse(await at.live(path)) as { match?: { host?: string[] }[] }[];
  const index = routes.findIndex(({ match = [] }) => match.some(({ host }) => host?.includes(`${name}.example.com`)));
  return `${path}/${index}`;
}

describe('apply', () => {
  test('serves what the policies say, and the second time writes nothing', async () => {
    const first = await at.apply(sites({ a: 'one', b: 'two' }));
    expect(first).toMatchObject({ code: 0, stdout: 'Applied: 3 added, 0 changed, 0 removed\n' });
    expect(first.stderr).toContain('+ site a.example.com (policies/site.yaml:2:3)');
    expect(await Promise.all([body('a'), body('b')])).toEqual(['one', 'two']);
    expect(at.proxy.writes()).toHaveLength(1);

    const before = await at.live();
    expect(await at.run('apply')).toEqual({
      code: 0,
      signal: null,
      stdout: 'No changes: Caddy has what the policies say\n',
      stderr: '',
    });
    expect(at.proxy.writes()).toHaveLength(1);
    expect(await at.live()).toBe(before);
  });

  test('--dry-run shows the plan and writes nothing', async () => {
    const result = await at.apply(sites({ a: 'one' }), '--dry-run');
    expect(result).toMatchObject({ code: 0, stdout: '' });
    expect(result.stderr).toContain('Plan: 2 to add, 0 to change, 0 to remove');
    expect(at.proxy.writes()).toEqual([]);
    expect(await at.live()).toBe('null\n');
  });

  test('-o json is one document, with what was done', async () => {
    const result = await at.apply(sites({ a: 'one' }), '-o', 'json', '-q');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(result.stdout)).toMatchObject({
      outcome: 'applied',
      plan: { changed: true, counts: { add: 2, change: 0, remove: 0 } },
      diagnostics: [],
    });
  });

  test('a log is pushed with what it redacts, and goes again', async () => {
    await at.apply(sites({ a: 'one' }, ', log: { redact_query: [token] }'));
    expect(await at.live('/config/logging/logs/default')).toContain('caddyctl.default.log');
    expect(await at.apply(sites({ a: 'one' }))).toMatchObject({ code: 0 });
    expect(await at.live('/config/logging')).toBe('{"logs":{}}\n');
    expect(await body('a')).toBe('one');
  });

  test('an answer that is lost is found out', async () => {
    await at.apply(sites({ a: 'one' }));
    at.proxy.on('POST /config/apps', 'answer lost');
    expect(await at.apply(sites({ a: 'two' }))).toMatchObject({ code: 0 });
    expect(await body('a')).toBe('two');
  });

  test('invalid policies reach nobody: exit 3', async () => {
    const result = await at.apply('sites:\n  a.example.com: { repsond: x }\n');
    expect(result).toMatchObject({ code: 3, stdout: '' });
    expect(result.stderr).toContain(' --> policies/site.yaml:2:20');
    expect(at.proxy.writes()).toEqual([]);
  });

  test('no Caddy: exit 4', async () => {
    await at.write(sites({ a: 'one' }));
    const result = await at.run('apply', '--admin', `127.0.0.1:${port}`);
    expect(result).toMatchObject({ code: 4, stdout: '' });
    expect(result.stderr).toBe(
      `error: cannot reach Caddy's admin API at 127.0.0.1:${port}: nothing listens there\nhint: start Caddy, or say where its admin API listens with --admin\n`,
    );
  });
});

describe('a config that Caddy rejects', () => {
  const rejected = async (policy: string): Promise<string> => {
    await at.apply(sites({ a: 'old', b: 'other' }));
    const before = await at.live();
    const result = await at.apply(policy);
    expect(result.code).toBe(6);
    // The old one serves, the admin API answers, and nothing is left behind.
    expect(await Promise.all([body('a'), body('b')])).toEqual(['old', 'other']);
    expect(await at.live()).toBe(before);
    expect(await at.apply(sites({ a: 'new', b: 'other' }))).toMatchObject({ code: 0 });
    expect(await body('a')).toBe('new');
    return result.stderr;
  };

  test('an unknown module, at the policy line that asks for it', async () => {
    const policy = `${sites({ a: 'new', b: 'other' })}  c.example.com:
    listen: '127.0.0.1:${port}'
    tls: off
    routes:
      /: localhost:9000
      /odd: { raw: [{ handler: no_such_module }] }
`;
    const said = await rejected(policy);
    expect(said).toContain(
      'error[caddy-rejects] Caddy does not take this: unknown module: http.handlers.no_such_module',
    );
    expect(said).toContain(' --> policies/site.yaml:9:7\n');
    expect(said).toContain('error: Caddy rejected the config; it serves what it served before');
  });

  test('a certificate that is not there, at its site, with the log put back', async () => {
    const other = await freePort();
    const policy = `${sites({ a: 'new', b: 'other' }, ', log: { redact_query: [token] }')}  c.example.com:
    listen: '127.0.0.1:${other}'
    http: off
    tls: { certificate: /no/such/cert.pem, key: /no/such/key.pem }
    respond: c
`;
    await at.caddy.admin('POST', '/config/', '{"logging":{"logs":{"mine":{"level":"ERROR"}}}}');
    const said = await rejected(policy);
    expect(said).toMatch(/ --> policies\/site\.yaml:4:3\n/);
    expect(said).toContain('open /no/such/cert.pem: no such file or directory');
    expect(await at.live('/config/logging')).toBe('{"logs":{"mine":{"level":"ERROR"}}}\n');
  });

  test('a port that another program has, at the first site there', async () => {
    const taken = at.proxy.address.split(':')[1];
    const said = await rejected(
      `${sites({ a: 'new', b: 'other' })}  c.example.com: { listen: '127.0.0.1:${taken}', tls: off, respond: c }\n`,
    );
    expect(said).toContain('address already in use');
    expect(said).toContain(' --> policies/site.yaml:4:');
  });
});

describe('guards', () => {
  const refused = async (policy: string, ...flags: readonly string[]): Promise<string> => {
    await at.apply(sites({ a: 'a', b: 'b', c: 'c' }));
    const before = await at.live();
    const writes = at.proxy.writes().length;
    const result = await at.apply(policy, ...flags);
    expect(result).toMatchObject({ code: 9, stdout: '' });
    expect(at.proxy.writes()).toHaveLength(writes);
    expect(await at.live()).toBe(before);
    expect(await body('c')).toBe('c');
    return result.stderr;
  };

  test('an empty set: exit 9, unless it is meant', async () => {
    expect(await refused('sites: {}\n')).toContain(
      'refused: the policies name no site, and would remove all 3 live sites; nothing was changed',
    );
    expect(await at.run('apply', '--allow-empty')).toMatchObject({
      code: 0,
      stdout: 'Applied: 0 added, 0 changed, 4 removed\n',
    });
    expect(await at.live('/config/apps/http/servers')).toBe('{}\n');
  });

  test('too many routes gone: exit 9, unless they are meant', async () => {
    expect(await refused(sites({ a: 'a', b: 'b' }))).toContain('1 of 3 live routes would go (34 %)');
    expect(await at.run('apply', '--max-delete', '33%')).toMatchObject({ code: 9 });
    expect(await at.run('apply', '--max-delete', '34%')).toMatchObject({ code: 0 });
    expect((await http1({ host: 'c.example.com', port })).status).toBe(421);
  });
});

describe('diff', () => {
  test('tells what would change by its exit code when asked, and changes nothing', async () => {
    await at.write(sites({ a: 'one' }));
    expect(await at.run('diff', '--detailed-exitcode')).toMatchObject({ code: 2, stderr: '' });
    expect(at.proxy.writes()).toEqual([]);
    await at.run('apply');
    expect(await at.run('diff', '--detailed-exitcode')).toMatchObject({
      code: 0,
      stdout: 'No changes: Caddy has what the policies say\n',
    });
    await at.write(sites({ a: 'two' }));
    expect(await at.run('diff')).toMatchObject({
      code: 0,
      stdout: `~ site a.example.com (policies/site.yaml:2:3)
    ~ route / over 127.0.0.1:${port}  respond 200 "one" → 200 "two"
Plan: 0 to add, 1 to change, 0 to remove
Requests that are answered otherwise:
  a.example.com/* at 127.0.0.1:${port}  200 "one" → 200 "two"
`,
    });
  });

  test('--json-patch is the change that Caddy itself would make of it', async () => {
    await at.apply(sites({ a: 'one' }));
    await at.write(sites({ a: 'two' }));
    const { code, stdout } = await at.run('diff', '--json-patch');
    expect(code).toBe(0);
    const patch = JSON.parse(stdout) as { op: string; path: string; value: unknown }[];
    expect(patch.map(({ op }) => op)).toEqual(['replace', 'replace']);
    for (const { path, value } of patch) await at.caddy.admin('PATCH', `/config${path}`, JSON.stringify(value));
    expect(await at.run('apply')).toMatchObject({ code: 0, stdout: 'No changes: Caddy has what the policies say\n' });
    expect(await body('a')).toBe('two');
  });

  test('an edit by hand is told, and undone by the next apply', async () => {
    await at.apply(sites({ a: 'one' }));
    const route = await routeOf('a');
    const { handle } = JSON.parse(await at.live(route)) as { handle: { body?: string }[] };
    const path = `${route}/handle/${handle.findIndex((each) => each.body === 'one')}/body`;
    expect((await at.caddy.admin('PATCH', path, '"edited"')).status).toBe(200);
    expect(await body('a')).toBe('edited');
    expect((await at.run('diff')).stdout).toContain('respond 200 "edited" → 200 "one"');
    await at.run('apply');
    expect(await body('a')).toBe('one');
  });

  test('a route that lost its mark by hand is put right, not doubled', async () => {
    await at.apply(sites({ a: 'one' }));
    const path = await routeOf('a');
    const before = await at.live(path);
    const { '@id': _, ...rest } = JSON.parse(before) as Record<string, unknown>;
    await at.caddy.admin(
      'PATCH',
      path,
      JSON.stringify({ ...rest, handle: [{ handler: 'static_response', body: 'x' }] }),
    );
    await at.run('apply');
    expect(await at.live(path)).toBe(before);
    expect(await body('a')).toBe('one');
  });
});
