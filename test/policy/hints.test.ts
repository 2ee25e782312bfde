import { expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';

/** What those write who come from elsewhere, and what they are told to write. */
const site = (text: string): string => `sites: { a.example.com: { to: "localhost:1", ${text} } }`;

test.each([
  ['services: { app: localhost:80 }', 'write { at: localhost:80 }'],
  ['services: { app: { port: 8000 } }', 'did you mean `at`?'],
  ['services: { app: { url: "http://localhost:8000" } }', 'did you mean `at`?'],
  ['sites: { a.example.com: { proxy: "localhost:1" } }', 'did you mean `to`?'],
  ['sites: { a.example.com: { reverse_proxy: "localhost:1" } }', 'did you mean `to`?'],
  ['sites: { a.example.com: { file_server: /srv } }', 'did you mean `files`?'],
  [site('ssl: off'), 'did you mean `tls`?'],
  [site('encode: gzip'), 'did you mean `compress`?'],
  [site('locations: {}'), 'did you mean `routes`?'],
  [site('basic_auth: {}'), 'did you mean `auth`?'],
  [site('client_max_body_size: 1MiB'), 'did you mean `max_body`?'],
  [site('streams: [/a]'), 'it is said of a service: services: { NAME: { at: …, streams: … } }'],
  [site('when: { method: GET }'), 'it is said of a route: routes: { /: { when: … } }'],
  [site('compress: yes'), 'write true: in YAML 1.2 "yes" is a text'],
  [site('hide_server: off'), 'write false: in YAML 1.2 "off" is a text'],
  [site('hide_server: "true"'), 'write true, without quotes'],
  ['sites: { a.example.com: { deny: yes } }', 'write true: in YAML 1.2 "yes" is a text'],
  ['sites: { a.example.com: { deny: "404" } }', 'write 404, without quotes'],
  ['sites: { a.example.com: 8000 }', 'write localhost:8000'],
  ['sites:\n  - a.example.com: localhost:1', 'write the keys below each other, without "- "'],
  ['sites:\n  a.example.com:\n  b.example.com: localhost:1', 'indent what belongs to it'],
  ['a.example.com: localhost:8000', 'hosts stand below "sites": sites: { a.example.com: … }'],
  [site('rate_limit: 10/s'), '{ events: 100, window: 1m }'],
  [site('auth: { basic: { bob: { env: PW } } }'), 'users: { bob: { env: BOB_HASH } }'],
])('%s', (text, hint) => {
  const { diagnostics } = compile([{ path: 'p.yaml', text }], {
    owner: 'default',
    httpPort: 80,
    httpsPort: 443,
    internalCa: false,
    env: {},
  });
  expect(diagnostics.map((each) => each.hint).join('\n')).toContain(hint);
});
