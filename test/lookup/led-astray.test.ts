import { expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { ledAstray } from '../../src/lookup/led-astray.ts';
import { goldenTarget } from '../support/golden.ts';

const addresses = new Map([
  ['caddy', ['172.18.0.3', 'fd00::3']],
  ['caddy.default.svc', ['172.18.0.3']],
  ['app', ['172.18.0.4']],
]);
const lookup = {
  addressesOf: async (names: ReadonlySet<string>) =>
    new Map([...names].map((name) => [name, addresses.get(name) ?? []])),
};

test.each([
  ['caddy.default.svc:2019', 1],
  ['172.18.0.3:2019', 1],
  ['[fd00::3]:2019', 1],
  ['caddy.default.svc:8080', 0],
  ['172.18.0.3:8080', 0],
  ['app:2019', 0],
])('an admin API that is told by its name is guarded wherever that leads: %s', async (dial, count) => {
  const text = `sites: { a.example.com: { allow_from: private, to: "https://${dial}" } }\n`;
  const { model, diagnostics } = compile([{ path: 'p.yaml', text }], goldenTarget);
  if (model === undefined) throw new Error(JSON.stringify(diagnostics));
  const target = { ...goldenTarget, adminAddresses: ['caddy:2019'] };
  const found = await ledAstray(model, target, lookup);
  expect(found.map(({ code }) => code)).toEqual(Array.from({ length: count }, () => 'admin-upstream'));
});
