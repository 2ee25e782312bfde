import { describe, expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';

const target = { owner: 'default', httpPort: 80, httpsPort: 443, internalCa: true, env: {} };
const codesOf = (text: string, adminAddresses: readonly string[] = []) =>
  compile([{ path: 'p.yaml', text }], { ...target, adminAddresses }).diagnostics.map(({ code }) => code);
const site = (handler: string) => `sites: { a.example.com: { allow_from: private, ${handler} } }\n`;

describe("Caddy's admin API is no upstream", () => {
  test.each([
    'localhost:2019',
    'LOCALHOST:2019',
    'ip6-localhost:2019',
    'a.localhost:2019',
    '127.9.9.9:2019',
    '0.0.0.0:2019',
    '[::1]:2019',
    '[0:0:0:0:0:0:0:1]:2019',
    '[::]:2019',
    '[::ffff:127.0.0.1]:2019',
    '[::ffff:7f00:1]:2019',
  ])('%s', (address) => {
    expect(codesOf(site(`to: "${address}"`))).toContain('admin-upstream');
  });

  test('wherever it listens', () => {
    expect(codesOf(site('to: "10.0.0.1:3000"'), ['10.0.0.1:3000'])).toContain('admin-upstream');
    expect(codesOf(site('to: "10.0.0.1:3001"'), ['10.0.0.1:3000'])).not.toContain('admin-upstream');
  });

  test('another machine may have one of its own', () => {
    expect(codesOf(site('to: "https://10.0.0.1:2019"'))).not.toContain('admin-upstream');
  });
});

describe('handlers of Caddy itself reach no further', () => {
  const raw = (dial: string) =>
    `raw: [{ handler: subroute, routes: [{ handle: [{ handler: reverse_proxy, upstreams: [{ dial: "${dial}" }] }] }] }]`;

  test.each(['localhost:2019', 'tcp/127.0.0.1:2019', '[::1]:2019', 'unix//run/admin.sock'])(
    'the admin API at %s',
    (dial) => {
      expect(codesOf(site(raw(dial)), ['unix//run/admin.sock'])).toEqual(['admin-upstream']);
    },
  );

  test('ports that are never to be exposed', () => {
    expect(codesOf(`global: { never_expose: [6379] }\n${site(raw('cache:6379'))}`)).toEqual(['never-exposed']);
    expect(codesOf(`global: { never_expose: [6379] }\n${site(raw('cache:6380'))}`)).toEqual([]);
  });
});
