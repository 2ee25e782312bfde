import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/admin/address.ts';
import type { Inspection } from '../../../src/admin/inspect.ts';
import type { JsonObject } from '../../../src/caddy/json.ts';
import { advisories } from '../../../src/cli/doctor/advisories.ts';
import { origins } from '../../../src/cli/doctor/browser.ts';
import { debugging } from '../../../src/cli/doctor/debug.ts';
import type { AdminFacts } from '../../../src/cli/doctor/facts.ts';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { foreignHost, listener } from '../../../src/cli/doctor/listener.ts';
import { clock } from '../../../src/cli/doctor/machine.ts';
import { remote } from '../../../src/cli/doctor/remote.ts';
import { versionOf, versions } from '../../../src/cli/doctor/version.ts';

/** A Caddy of today on loopback, in all that a case does not say. */
function facts(admin: JsonObject, more: Partial<Inspection> = {}, at = '127.0.0.1:2019'): AdminFacts {
  const parsed = parseAddress(at);
  if (!parsed.ok) throw new Error(parsed.message);
  const inspection: Inspection = {
    config: { admin },
    letsForeignOriginIn: false,
    letsForeignHostIn: false,
    takesPaddedIndex: false,
    hasEtag: true,
    debug: true,
    commandLine: ['caddy', 'run', '--resume'],
    version: undefined,
    time: undefined,
    ...more,
  };
  return { address: parsed.address, inspection };
}

const levels = (findings: readonly Finding[]): string[] => findings.map(({ id, level }) => `${level} ${id}`);
const told = (findings: readonly Finding[]): string => JSON.stringify(findings);

describe('where it listens', () => {
  test.each([
    [':2019', 'problem', 'every address of its machine, port 2019'],
    ['0.0.0.0:2019', 'problem', 'every address'],
    ['tcp/[::]:2019', 'problem', 'every address'],
    ['10.0.0.5:2020', 'problem', '10.0.0.5:2020, which other machines reach'],
    ['[fd00::1]:2019', 'problem', '[fd00::1]:2019'],
    ['localhost:2019', 'warning', 'where a Unix socket would do'],
    ['[::1]:2019', 'warning', '[::1]:2019'],
    ['127.0.0.1:2019', 'warning', '127.0.0.1:2019'],
    ['unix//run/caddy/admin.sock|0660', 'ok', 'a Unix socket'],
    ['fd/3', 'ok', 'a Unix socket'],
  ])('%s is %s', (listen, level, seen) => {
    expect(listener(facts({ listen }))).toMatchObject({ level, seen: expect.stringContaining(seen) as string });
  });

  test.each([
    ['127.0.0.1:2019', 'warning'],
    ['[::1]:2019', 'warning'],
    ['caddy:2019', 'problem'],
    ['http://192.0.2.7:80', 'problem'],
    ['unix//run/caddy/admin.sock', 'ok'],
    ['https://caddy.example.com:2021', 'ok'],
  ])('where the config says nothing, or a placeholder, it is the address that was asked: %s is %s', (at, level) => {
    expect(listener(facts({}, {}, at)).level).toBe(level);
    const hidden = listener(facts({ listen: '{env.CANARY}:2019' }, {}, at));
    expect(hidden.level).toBe(level);
    expect(told([hidden])).not.toContain('CANARY');
  });

  test('a foreign host that is let in is a problem, wherever it listens', () => {
    expect(levels(foreignHost(facts({}, { letsForeignHostIn: true })))).toEqual(['problem admin-host']);
    expect(levels(foreignHost(facts({})))).toEqual(['ok admin-host']);
    expect(foreignHost(facts({}, { letsForeignHostIn: undefined }))).toEqual([]);
  });
});

describe('origins', () => {
  test('of a Unix socket do not matter', () => {
    expect(levels(origins(facts({}, { letsForeignOriginIn: true }, 'unix//s')))).toEqual(['ok admin-origins']);
  });

  test('not enforced is a warning, a stranger let in a problem, enforced is well', () => {
    expect(levels(origins(facts({})))).toEqual(['warning admin-origins']);
    expect(levels(origins(facts({}, { letsForeignOriginIn: true })))).toEqual(['problem admin-origins']);
    expect(levels(origins(facts({ enforce_origin: true })))).toEqual(['ok admin-origins']);
  });

  test('those of other machines are counted, and not named', () => {
    const listed = [
      '127.0.0.1:2019',
      'http://localhost:2019',
      '',
      'https://panel.canary.example',
      'canary.example:2019',
    ];
    const found = origins(facts({ enforce_origin: true, origins: listed }));
    expect(levels(found)).toEqual(['ok admin-origins', 'warning admin-foreign-origins']);
    expect(told(found)).toContain('2 of its 5 origins are not');
    expect(told(found)).not.toContain('canary');
  });
});

test('remote admin, a config that is not kept, and one that is fetched are told', () => {
  expect(levels(remote(facts({})))).toEqual(['ok admin-remote', 'ok admin-persist']);
  const access_control = [{ public_keys: ['canary'] }, { public_keys: [], permissions: [{ paths: ['/canary'] }] }];
  const found = remote(facts({ remote: { access_control }, config: { persist: false, load: { module: 'http' } } }));
  expect(levels(found)).toEqual(['warning admin-remote', 'warning admin-persist', 'warning admin-load']);
  expect(told(found)).toContain('2 groups of certificates, 1 of which may do everything');
  expect(told(found)).not.toContain('canary');
});

describe('the version', () => {
  test.each<[Partial<Inspection>, object]>([
    [{ version: '2.10.2' }, { exact: '2.10.2' }],
    [{ hasEtag: false }, { before: '2.8.0' }],
    [
      { letsForeignOriginIn: true, takesPaddedIndex: true },
      { atLeast: '2.8.0', before: '2.11.1' },
    ],
    [{ takesPaddedIndex: true }, { atLeast: '2.11.1', before: '2.11.3' }],
    [{ takesPaddedIndex: undefined }, { atLeast: '2.11.1' }],
    [{}, { atLeast: '2.11.3' }],
    [{ letsForeignOriginIn: undefined, takesPaddedIndex: undefined }, { atLeast: '2.8.0' }],
  ])('%j: %j', (behaviour, version) => {
    expect(versionOf(facts({}, behaviour).inspection)).toEqual(version);
  });

  test('where origins are enforced, a stranger who is turned away tells nothing', () => {
    const { inspection } = facts({ enforce_origin: true }, { takesPaddedIndex: true });
    expect(versionOf(inspection)).toEqual({ atLeast: '2.8.0', before: '2.11.3' });
  });

  const remote = { remote: { access_control: [] } };
  test.each<[string, JsonObject, string, string[]]>([
    ['2.6.2', {}, '127.0.0.1:2019', ['problem caddy-version', 'problem CVE-2026-27589']],
    ['2.10.2', {}, '127.0.0.1:2019', ['warning caddy-version', 'problem CVE-2026-27589']],
    ['2.10.2', {}, 'unix//s', ['warning caddy-version']],
    ['2.10.2', { enforce_origin: true }, '127.0.0.1:2019', ['warning caddy-version']],
    ['2.11.1', {}, '127.0.0.1:2019', ['ok caddy-version']],
    ['2.11.2', remote, 'unix//s', ['ok caddy-version', 'problem CVE-2026-45692', 'problem GHSA-gx7w-56w6-g48x']],
    ['2.11.3', remote, 'unix//s', ['ok caddy-version']],
    ['2.11.4', {}, '127.0.0.1:2019', ['ok caddy-version']],
  ])('%s with %j at %s', (version, admin, at, expected) => {
    expect(levels(versions(facts(admin, { version }, at)))).toEqual(expected);
  });

  test('what may be there is a warning', () => {
    const unknown = { letsForeignOriginIn: undefined, takesPaddedIndex: undefined };
    expect(levels(versions(facts({}, unknown)))).toEqual(['ok caddy-version', 'warning CVE-2026-27589']);
  });

  test('each advisory is named once and has an end', () => {
    expect(new Set(advisories.map(({ id }) => id)).size).toBe(advisories.length);
    for (const { fixed } of advisories) expect(fixed).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('the command line', () => {
  test.each([
    '--token=canary',
    'DB_PASSWORD=canary',
    'https://user:canary@host/',
    'canary0123456789abcdefABCDEF0123456789',
  ])('%s looks like a secret, and is not shown', (word) => {
    const found = debugging(facts({}, { commandLine: ['caddy', 'run', word] }));
    expect(levels(found)).toEqual(['warning admin-debug']);
    expect(told(found)).toContain('1 of the 3 words');
    expect(told(found)).not.toContain('canary');
  });

  test.each(['--config', '/etc/caddy/Caddyfile', '--resume', '/run/secrets/', '--adapter', 'caddyfile'])(
    '%s does not',
    (word) => {
      expect(levels(debugging(facts({}, { commandLine: ['/usr/bin/caddy', 'run', word] })))).toEqual([
        'ok admin-debug',
      ]);
    },
  );

  test('--environ tells the whole environment to the log', () => {
    const found = debugging(facts({}, { commandLine: ['caddy', 'run', '--environ'] }));
    expect(levels(found)).toEqual(['ok admin-debug', 'warning caddy-environ']);
  });
});

test('clocks may differ by what an answer takes', () => {
  expect(levels(clock(1_000_000, 1_020_000))).toEqual(['ok clock']);
  expect(levels(clock(1_000_000, 900_000))).toEqual(['warning clock']);
  expect(clock(undefined, 0)).toEqual([]);
});
