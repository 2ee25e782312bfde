import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { runCli } from '../cli/run-cli.ts';
import { type RunningCaddy, startCaddy } from '../support/caddy.ts';
import { freePort } from '../support/client/ports.ts';
import { raw } from '../support/client/raw.ts';
import { goldenTarget } from '../support/golden.ts';

let caddy: RunningCaddy;
let port: number;

const policy = `
sites:
  shop.test:
    tls: off
    routes:
      /: localhost:3000
      /api: { to: localhost:8000, deny_from: 127.0.0.0/8 }
      /odd: [{ when: { expression: "{http.request.header.X-A} == 'b'" }, respond: special }, { redirect: /there }]
`;

/** Beside ours, what somebody else put in front: a plain Caddy config, with a form of its own. */
const foreign = [
  {
    match: [{ host: ['shop.test'], path: ['/old/*'], not: [{ method: ['POST'] }] }],
    handle: [{ handler: 'static_response', status_code: '410' }],
    terminal: true,
  },
  {
    match: [{ host: ['*.other.test'] }],
    handle: [
      {
        handler: 'subroute',
        routes: [
          {
            match: [{ header_regexp: { 'X-A': { pattern: '^b+$' } } }],
            handle: [{ handler: 'error', status_code: 409 }],
          },
        ],
      },
    ],
  },
];

beforeAll(async () => {
  port = await freePort();
  const { config } = compile([{ path: 'p.yaml', text: policy }], { ...goldenTarget, httpPort: port });
  const apps = JSON.parse(JSON.stringify(config?.apps)) as { http: { servers: Record<string, { routes: object[] }> } };
  const server = apps.http.servers['caddyctl-default-http'];
  server?.routes.unshift(...foreign);
  caddy = await startCaddy({ caddyPath: inject('caddyPath'), config: { apps } });
});
afterAll(() => caddy?.stop());

const explain = (url: string, ...args: readonly string[]) =>
  runCli([
    'explain',
    'GET',
    url,
    '--live',
    '--admin',
    caddy.address.replace('unix/', 'unix//'),
    '--http-port',
    String(port),
    '--from',
    '127.0.0.1',
    ...args,
  ]);

test.each([
  ['shop.test', '/', 'goes to localhost:3000'],
  ['shop.test', '/api/x', '403, unless an error page says otherwise'],
  ['shop.test', '/odd', 'else: 308 to /there, answered by Caddy itself'],
  ['shop.test', '/old/x', '410, answered by Caddy itself'],
  ['a.other.test', '/', '421, answered by Caddy itself'],
  ['nobody.test', '/', '421, answered by Caddy itself'],
  ['shop.test', '/x/..', '400, unless an error page says otherwise'],
])('http://%s%s → %s', async (host, path, verdict) => {
  const { code, stdout, stderr } = await explain(`http://${host}${path}`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(`→ ${verdict}`);
  // As the running Caddy does it, but for apps that are not there.
  const { status } = await raw({ host, port }, [`GET ${path} HTTP/1.1`, `Host: ${host}`]);
  expect(status).toBe(Number(/\b\d{3}\b/.exec(verdict)?.[0] ?? 502));
});

test('what somebody else put in front is judged by its own matchers', async () => {
  const { stdout } = await explain('http://a.other.test/', '-H', 'X-A: bbb');
  expect(stdout).toContain('→ 409, unless an error page says otherwise');
  const { status } = await raw({ host: 'a.other.test', port }, ['GET / HTTP/1.1', 'Host: a.other.test', 'X-A: bbb']);
  expect(status).toBe(409);
});

test('routes that take it are told with their marks, in the words of policies', async () => {
  const { stdout } = await explain('http://shop.test/api');
  expect(stdout).toMatch(/route +shop\.test\/api\n +@id caddyctl\.default\.http\.shop\.test_api\n/);
  expect(stdout).toMatch(/deny_from +127\.0\.0\.0\/8/);
  const { ways } = JSON.parse((await explain('http://shop.test/odd', '-o', 'json')).stdout) as {
    ways: { onlyCaddyCanTell?: string; verdict: string }[];
  };
  expect(ways.map(({ verdict }) => verdict)).toEqual([
    '200, answered by Caddy itself',
    '308 to /there, answered by Caddy itself',
  ]);
  expect(ways[0]?.onlyCaddyCanTell).toContain("{http.request.header.X-A} == 'b'");
});
