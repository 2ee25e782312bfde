import { expect, test } from 'vitest';
import type { Level } from '../../src/caddy/capabilities.ts';
import { compile } from '../../src/compile.ts';

const codesOf = (site: string, level: Level) => {
  const running = { capabilities: { level }, modules: new Set<string>() };
  const target = { owner: 'default', httpPort: 80, httpsPort: 443, internalCa: true, env: {}, running };
  return compile(
    [{ path: 'p.yaml', text: `sites: { a.example.com: { to: "localhost:9000", ${site} } }\n` }],
    target,
  ).diagnostics.map(({ code }) => code);
};

test.each([
  'tls: off, listen: unix//run/a.sock, trusted_proxies: private',
  'tunnel: { listen: unix//run/a.sock, trusted_proxies: private }',
])('a proxy on a Unix socket is believed since 2.11: %s', (site) => {
  expect(codesOf(site, '2.10')).toEqual(['missing-feature']);
  expect(codesOf(site, '2.11')).toEqual([]);
});

test.each([
  'tls: off, listen: unix//run/a.sock',
  'tls: off, listen: "127.0.0.1:8080", trusted_proxies: private',
  'tunnel: { listen: "127.0.0.1:8080", trusted_proxies: private }',
])('and nothing is asked of a Caddy for %s', (site) => {
  expect(codesOf(site, '2.8')).toEqual([]);
});
