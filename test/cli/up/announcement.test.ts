import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { advice, type Situation } from '../../../src/cli/up/advice.ts';
import { summaryAsJson, type Summary, summaryText } from '../../../src/cli/up/summary.ts';
import type { Served } from '../../../src/daemon/served.ts';

const text = 'sites:\n  localhost: x\n  app.example.com: x\n';
const file = { path: 'policies/site.yaml', text };

function served(host: string, more: Partial<Served> = {}): Served {
  const start = text.indexOf(`  ${host}`);
  return {
    host,
    url: `https://${host}:8443/`,
    dial: { host: '127.0.0.1', port: 8443 },
    way: 'https',
    certificate: 'internal',
    handshake: { protocol: 'http/1.1', only: false },
    place: { file, range: { start, end: start + 1 } },
    ...more,
  };
}

const tunnel = served('app.example.com', {
  way: 'tunnel',
  url: 'http://127.0.0.1:8480/',
  dial: { host: '127.0.0.1', port: 8480 },
  certificate: undefined,
});
const sites = [served('localhost'), served('app.example.com'), tunnel];
const summary: Summary = {
  binary: { path: '/usr/bin/caddy', version: '2.11.4', foundIn: 'PATH' },
  pid: 7,
  admin: 'unix//run/admin.sock',
  sites,
  waiting: [],
  former: undefined,
  rootCertificate: '/state/root.crt',
};

test('a line for each place where a site is served, in columns', () => {
  expect(summaryText(summary, false)).toBe(`Ready. Caddy 2.11.4 serves 2 sites

  https://localhost:8443/        policies/site.yaml:2
  https://app.example.com:8443/  policies/site.yaml:3
  http://127.0.0.1:8480/         policies/site.yaml:3  for app.example.com's tunnel

`);
});

test('colours change nothing else', () => {
  const colored = summaryText(summary, true);
  expect(colored).not.toBe(summaryText(summary, false));
  expect(stripVTControlCharacters(colored)).toBe(summaryText(summary, false));
});

test('where the policies cannot be served, what is served in their place', () => {
  expect(summaryText({ ...summary, sites: [], former: '8bafeeef57cf' }, false)).toBe(
    'As before. Caddy 2.11.4 serves revision 8bafeeef57cf\n',
  );
});

test('what does not answer yet is told', () => {
  const waiting = { ...summary, waiting: sites.slice(1) };
  expect(summaryText(waiting, false)).toMatch(
    /^Not all ready\. .*\n(.*\n)*.*app\.example\.com:8443\/ .* no certificate yet\n.*no answer yet\n/,
  );
  expect(summaryAsJson(waiting)).toMatchObject({ sites: [{ ready: true }, { ready: false }, { ready: false }] });
});

test('for programs', () => {
  expect(summaryAsJson({ ...summary, sites: sites.slice(0, 1) })).toEqual({
    caddy: { path: '/usr/bin/caddy', version: '2.11.4', pid: 7, admin: 'unix//run/admin.sock' },
    rootCertificate: '/state/root.crt',
    former: null,
    sites: [
      {
        host: 'localhost',
        url: 'https://localhost:8443/',
        way: 'https',
        address: '127.0.0.1:8443',
        ready: true,
        policy: { file: 'policies/site.yaml', line: 2 },
      },
    ],
  });
});

const situation: Situation = {
  sites,
  madeUp: [],
  rootCertificate: '/home/an operator/root.crt',
  admin: 'unix//run/admin.sock',
  caddy: 'caddy',
  program: 'caddyctl',
  flags: '--local',
  watches: true,
  status: 'http://127.0.0.1:2020/',
};

test('what to do now', () => {
  const madeUp: Situation['madeUp'] = [
    { variable: 'HASH', hosts: ['app.example.com'], login: { kind: 'basic', user: 'me', password: 'pw' } },
    { variable: 'TOKEN', hosts: ['localhost'], login: { kind: 'bearer', token: 'tk' } },
  ];
  expect(
    advice({ ...situation, madeUp }),
  ).toBe(`Log in with what was made up for this run, as these variables are not set
  app.example.com  user me, password pw      HASH
  localhost        Authorization: Bearer tk  TOKEN

Look (502 means that the app behind is not running)
  CA='/home/an operator/root.crt'
  curl --cacert "$CA" https://localhost:8443/
  curl --cacert "$CA" --resolve app.example.com:8443:127.0.0.1 https://app.example.com:8443/

Have browsers trust this CA (\`untrust\` in place of \`trust\` undoes it)
  caddy trust --address unix//run/admin.sock

Change something: what is saved is served at once; Ctrl-C here ends it all
  edit policies/site.yaml    a mistake is told here, and harms nothing
  caddyctl history --local   what was served, and when
  caddyctl rollback --local  back to what was served before, until a file changes
  http://127.0.0.1:2020/     how it is
`);
});

test('where nothing is by https, nothing is to be trusted', () => {
  const said = advice({ ...situation, sites: [tunnel], rootCertificate: undefined });
  expect(said).not.toMatch(/trust|CA=|curl/);
  expect(said).toContain('caddyctl history --local');
});
