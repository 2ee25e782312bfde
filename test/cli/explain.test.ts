import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'caddyctl-explain-'));
  mkdirSync(join(folder, 'policies'));
  writeFileSync(join(folder, 'policies', 'shop.yaml'), policy);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const policy = `services:
  api: { at: "localhost:8000" }
sites:
  shop.example.com:
    use: secure
    headers: { X-Frame-Options: SAMEORIGIN }
    routes:
      /: localhost:3000
      /api:
        - { when: { method: [PUT, DELETE] }, deny: 405 }
        - { when: { expression: "{http.request.header.X-A} == 'b'" }, respond: special }
        - { to: api, auth: { bearer: { env: TOKEN } }, rewrite: { strip_prefix: /api }, max_body: 25MiB }
      =/old: { redirect: /new }
`;

const explain = (...args: readonly string[]) => runCli(['explain', ...args], { cwd: folder });

describe('caddyctl explain', () => {
  test('shows each step with its line, what the app sees, who lost and what comes of it', async () => {
    const { code, stdout, stderr } = await explain(
      'GET',
      'https://Shop.Example.com/API//users?x=1',
      '-H',
      'Authorization: Bearer a',
      '--from',
      '10.0.0.7',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').map((line) => line.replace(/ {3,}/g, '   '))).toEqual([
      'GET https://Shop.Example.com/API//users?x=1',
      'from 10.0.0.7, at :443, compared as /API/users',
      '',
      "? only Caddy can tell whether expression {http.request.header.X-A} == 'b' holds; if so",
      '  site   shop.example.com   policies/shop.yaml:4:3',
      '  route   /api   policies/shop.yaml:11:11',
      '',
      '  1. headers   Permissions-Policy: camera=(), microphone=(), geolocation=()   preset secure',
      '   Referrer-Policy: strict-origin-when-cross-origin   preset secure',
      '   Strict-Transport-Security: max-age=31536000   preset secure',
      '   X-Content-Type-Options: nosniff   preset secure',
      '   X-Frame-Options: SAMEORIGIN   policies/shop.yaml:6:16',
      '   no Server',
      '   no Via',
      '  2. respond   policies/shop.yaml:11:11',
      '',
      '? else',
      '  site   shop.example.com   policies/shop.yaml:4:3',
      '  route   /api   policies/shop.yaml:12:11',
      '',
      '  1. headers   Permissions-Policy: camera=(), microphone=(), geolocation=()   preset secure',
      '   Referrer-Policy: strict-origin-when-cross-origin   preset secure',
      '   Strict-Transport-Security: max-age=31536000   preset secure',
      '   X-Content-Type-Options: nosniff   preset secure',
      '   X-Frame-Options: SAMEORIGIN   policies/shop.yaml:6:16',
      '   no Server',
      '   no Via',
      '  2. auth   401: the token must be right   policies/shop.yaml:12:22',
      '  3. max_body   a body of up to 25MiB   policies/shop.yaml:12:89',
      '  4. rewrite   /API//users?x=1 → /users?x=1   policies/shop.yaml:12:56',
      '  5. proxy   api (localhost:8000)   policies/shop.yaml:2:3',
      '',
      'the app sees',
      '   GET /users?x=1',
      '   Host: Shop.Example.com',
      '   Authorization is taken away   policies/shop.yaml:12:22',
      '   X-Forwarded-For: 10.0.0.7',
      '   X-Forwarded-Host: Shop.Example.com',
      '   X-Forwarded-Proto: https',
      '   X-Real-Ip: 10.0.0.7',
      '',
      'other routes that take this path',
      '  /api   when method PUT or DELETE: no   policies/shop.yaml:10:11',
      '  /   less specific than /api   policies/shop.yaml:8:7',
      '',
      "→ if expression {http.request.header.X-A} == 'b': 200, answered by Caddy itself",
      '→ else: goes to api (localhost:8000), if it passes auth (else 401)',
      '',
    ]);
  });

  test('is a document for programs', async () => {
    const { stdout } = await explain('PUT', 'https://shop.example.com/api', '-o', 'json');
    const { ways, losers, path, client } = JSON.parse(stdout);
    expect({ path, client }).toEqual({ path: '/api', client: '203.0.113.1' });
    expect(ways).toMatchObject([
      {
        site: { hosts: ['shop.example.com'], place: { file: 'policies/shop.yaml', line: 4, column: 3 } },
        route: { path: '/api', place: { line: 10 } },
        end: { kind: 'refused', by: 'deny', refusal: { error: 405, status: 405 } },
        verdict: '405: the route denies',
      },
    ]);
    expect(losers.map(({ route, why }: { route: string; why: string }) => [route, why])).toEqual([
      ['/api', 'the same path, asked later'],
      ['/api', 'the same path, asked later'],
      ['/', 'less specific than /api'],
    ]);
  });

  test.each([
    ['http://shop.example.com/old?x', '→ 308 to https://shop.example.com/old?x'],
    ['https://shop.example.com/old', '→ 308 to /new'],
    ['https://shop.example.com/', '→ goes to localhost:3000'],
    ['https://shop.example.com/x/..', '→ 400: refused by dot_segments'],
    ['https://other.example.com/', '→ 421: no site has this host here'],
  ])('%s %s', async (url, verdict) => {
    const { code, stdout } = await explain('GET', url);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(verdict);
  });

  test.each([
    [['GET', 'shop.example.com'], 64, 'is not a URL'],
    [['GET', 'https://shop.example.com:8443/'], 64, 'no site is served by https at port 8443'],
    [['GET', 'https://shop.example.com/', '--at', ':80', '--from', 'here'], 64, 'An address is like'],
    [['GET', 'https://shop.example.com/', '-H', 'nothing'], 64, "A header is 'Name: value'"],
    [['GET', 'https://shop.example.com/', '--policy', 'nowhere'], 3, 'nowhere'],
  ])('%j is no question: %d', async (args, expected, said) => {
    const { code, stderr, stdout } = await explain(...args);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toContain(said);
  });
});
