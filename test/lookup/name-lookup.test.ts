import { Resolver } from 'node:dns/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNameLookup } from '../../src/lookup/name-lookup.ts';
import { systemNames } from '../../src/lookup/system-names.ts';
import { type DnsServer, startDnsServer } from '../support/dns-server.ts';
import { until } from '../support/until.ts';

let server: DnsServer;
beforeEach(async () => {
  server = await startDnsServer();
});
afterEach(() => server.close());

function lookup(names = systemNames([], [])) {
  const openResolver = (): Resolver => {
    const resolver = new Resolver({ timeout: 100, tries: 1 });
    resolver.setServers([server.address]);
    return resolver;
  };
  return createNameLookup(async () => names, openResolver);
}

test('addresses of both families, from the servers and from the file of hosts', async () => {
  server.say({ 'app.test': ['192.0.2.1', '2001:db8::1'], 'both.test': ['192.0.2.2'] });
  const names = systemNames([['192.0.2.3', 'both.test', 'Other.test'], ['no address', 'app.test'], []], []);
  expect(await lookup(names).addressesOf(new Set(['app.test', 'both.test', 'other.test', 'none.test']))).toEqual(
    new Map([
      ['app.test', ['192.0.2.1', '2001:db8::1']],
      ['both.test', ['192.0.2.3', '192.0.2.2']],
      ['other.test', ['192.0.2.3']],
      ['none.test', []],
    ]),
  );
});

test('a name may stand in one of the domains that are searched', async () => {
  server.say({ 'app.svc.test': ['192.0.2.1'] });
  const names = systemNames(
    [],
    [
      ['domain', 'old.test'],
      ['nameserver', '192.0.2.9'],
      ['search', 'svc.test.', 'b.test'],
    ],
  );
  expect(await lookup(names).addressesOf(new Set(['app']))).toEqual(new Map([['app', ['192.0.2.1']]]));
  expect(new Set(server.asked)).toEqual(new Set(['app', 'app.svc.test', 'app.b.test']));
});

test('who does not answer keeps nobody waiting for long, nor a second time', async () => {
  const names = new Set(Array.from({ length: 2_000 }, (_, n) => `n${n}.test`));
  server.say({
    ...Object.fromEntries([...names].map((name) => [name, 'silent' as const])),
    'late.test': ['192.0.2.1'],
  });
  const asking = lookup();
  const found = await asking.addressesOf(names);
  expect([found.size, [...found.values()].flat()]).toEqual([2_000, []]);
  const before = new Set(server.asked);
  expect(before.size).toBeLessThan(2_000);
  server.say(Object.fromEntries([...names, 'late.test'].map((name) => [name, ['192.0.2.1']])));
  const now = await asking.addressesOf(new Set([...names, 'late.test']));
  expect([now.get('late.test'), now.get('n1999.test')]).toEqual([['192.0.2.1'], []]);
  // Those that there was no time for come first the next time, and nobody waits for them.
  const later = await until(async () => {
    const found = await asking.addressesOf(names);
    return found.get('n1999.test')?.length === 1 ? found : undefined;
  });
  const told = [...names].filter((name) => later.get(name)?.length === 1);
  expect(told.length).toBeGreaterThan(0);
  expect(told.filter((name) => before.has(name))).toEqual([]);
});

test('only what is asked for is told, and asked once for all who take turns', async () => {
  const asking = lookup();
  for (const name of ['a.test', 'b.test', 'a.test', 'b.test'])
    expect(await asking.addressesOf(new Set([name]))).toEqual(new Map([[name, []]]));
  expect(server.asked.filter((name) => name === 'a.test')).toHaveLength(2);
});
