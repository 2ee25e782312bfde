import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/caddy/json.ts';
import type { Conflict } from '../../src/plan/conflict.ts';
import { findConflicts } from '../../src/plan/conflicts.ts';
import { overlay } from '../../src/plan/scope.ts';
import type { PlaceOf } from '../../src/plan/sides.ts';
import { takeOver } from '../../src/plan/take.ts';
import { deepFreeze } from './some-config.ts';

const file = { path: 'policies/aidoo.yaml', text: 'sites:\n  hub.example.com: {}\n' };
const placeOf: PlaceOf = (id) =>
  id === 'caddyctl.default.route.hub' ? { file, range: { start: 9, end: 24 } } : undefined;
const OURS = 'the site hub.example.com (policies/aidoo.yaml:2:3)';

const hub = (extra: JsonObject = {}): JsonObject => ({
  'caddyctl-default-https': {
    '@id': 'caddyctl.default.server.https.0',
    listen: [':443'],
    routes: [{ '@id': 'caddyctl.default.route.hub', match: [{ host: ['hub.example.com'] }], handle: [] }],
    tls_connection_policies: [{}],
    ...extra,
  },
});
const http = (servers: JsonObject): JsonObject => ({ http: { servers } });
const policies = (...list: JsonObject[]): JsonObject => ({ tls: { automation: { policies: list } } });

function conflictsOf(apps: JsonValue, desired: JsonObject = http(hub()), logging: JsonValue = null): Conflict[] {
  const input = deepFreeze({ live: { apps, logging }, desired: { apps: desired }, owner: 'default', placeOf });
  return findConflicts(input, overlay(input.live, input.desired, 'default').clashes);
}

describe('listeners', () => {
  test('names both sides, and what a forced apply would take', () => {
    expect(conflictsOf(http({ srv0: { listen: [':443'] } }))).toEqual([
      {
        kind: 'listen',
        message: `${OURS} and Caddy's server "srv0", which is not caddyctl's, both want to listen on :443`,
        hint: expect.stringMatching(
          /--force-conflicts removes it with all that it serves, and keeps what Caddy ran in a file$/,
        ) as string,
        place: { file, range: { start: 9, end: 24 } },
        takes: [
          {
            path: ['apps', 'http', 'servers', 'srv0'],
            what: `Caddy's server "srv0", which is not caddyctl's, with all that it serves`,
          },
        ],
      },
    ]);
  });

  test('names both addresses where they are written differently, and the other owner', () => {
    const blue = { '@id': 'caddyctl.blue.server.1', listen: [':1', '127.0.0.1:443'] };
    expect(conflictsOf(http({ 'caddyctl-blue-https': blue }))[0]?.message).toBe(
      `${OURS} and Caddy's server "caddyctl-blue-https", which belongs to caddyctl's owner "blue", both want to listen on :443, which meets 127.0.0.1:443`,
    );
  });

  test('counts the other sites of the server', () => {
    const routes = ['hub', 'b', 'c'].map((name) => ({ match: [{ host: [`${name}.example.com`] }] }));
    const [conflict] = conflictsOf(http({ srv0: { listen: [':443'] } }), http(hub({ routes })));
    expect(conflict?.message).toMatch(/^the site hub\.example\.com and 2 others and Caddy's server/);
  });

  test('knows the page that the package starts with', () => {
    const stub = {
      listen: [':80'],
      routes: [
        {
          handle: [
            { handler: 'vars', root: '/usr/share/caddy' },
            { handler: 'file_server', hide: ['./Caddyfile'] },
          ],
        },
      ],
    };
    const [conflict] = conflictsOf(http({ srv0: stub }), http(hub({ listen: [':443', ':80'] })));
    expect(conflict?.hint).toContain('/etc/caddy/Caddyfile');
  });

  test('sees HTTP/3 take the port over UDP, and only there', () => {
    const live = http({ srv0: { listen: ['udp/:443'] } });
    expect(conflictsOf(live)).toHaveLength(1);
    expect(conflictsOf(live, http(hub({ protocols: ['h1', 'h2'] })))).toEqual([]);
  });

  test('sees the servers of other apps', () => {
    const [conflict] = conflictsOf({ layer4: { servers: { raw: { listen: ['tcp/:443'] } } } });
    expect(conflict?.message).toContain(`Caddy's layer4 server "raw", which is not caddyctl's`);
    expect(conflict?.takes.map(({ path }) => path)).toEqual([['apps', 'layer4', 'servers', 'raw']]);
  });

  test('has nothing against itself, nor against a server elsewhere', () => {
    expect(conflictsOf(http({ ...hub(), srv0: { listen: [':8080'] }, srv1: {} }))).toEqual([]);
  });
});

describe('hosts', () => {
  test('another server routes one of ours, in whatever spelling', () => {
    const theirs = { listen: [':8443'], routes: [{ match: [{ host: ['Hub.Example.com.', 'other.example.com'] }] }] };
    const [conflict, ...rest] = conflictsOf(http({ srv0: theirs }));
    expect(rest).toEqual([]);
    expect(conflict).toMatchObject({
      kind: 'host',
      message: `${OURS} is also routed by Caddy's server "srv0", which is not caddyctl's`,
      takes: [],
    });
  });

  test('one conflict is enough for a server that is taken whole', () => {
    const theirs = { listen: [':443'], routes: [{ match: [{ host: ['hub.example.com'] }] }] };
    expect(conflictsOf(http({ srv0: theirs })).map(({ kind }) => kind)).toEqual(['listen']);
  });

  test('another automation policy decides about our certificate', () => {
    const conflicts = conflictsOf(policies({ subjects: ['a.example.com', 'hub.example.com'] }));
    expect(conflicts.map(({ message }) => message)).toEqual([
      `the certificate of ${OURS} is also decided by Caddy's TLS automation policy, which is not caddyctl's`,
    ]);
  });
});

describe('what a forced apply removes', () => {
  const ours = { '@id': 'caddyctl.default.automation.1', subjects: ['hub.example.com'] };
  const forced = (apps: JsonObject, desired: JsonObject, logging: JsonValue = null): unknown =>
    takeOver(
      { apps, logging },
      conflictsOf(apps, desired, logging).flatMap(({ takes }) => takes),
    ).apps;

  test('the server, and no other', () => {
    const other = { listen: [':8080'], routes: [{ handle: [] }] };
    expect(forced(http({ srv0: { listen: [':443'] }, srv1: other }), http(hub()))).toEqual(http({ srv1: other }));
  });

  // Left without a subject, the policy would decide about every name.
  test('the name in an automation policy, or the whole policy where no name is left', () => {
    const live = policies(
      { subjects: ['a.x', 'hub.example.com'] },
      { subjects: ['HUB.example.com'] },
      { subjects: ['b.x'] },
    );
    expect(forced(live, { ...http(hub()), ...policies(ours) })).toEqual(
      policies({ subjects: ['a.x'] }, { subjects: ['b.x'] }),
    );
  });

  test('nothing where both can stand', () => {
    const live = policies({ subjects: ['hub.example.com'] });
    expect(forced(live, http(hub()))).toEqual(live);
  });

  test('a second policy for every name', () => {
    const all = { '@id': 'caddyctl.default.automation.all', issuers: [] };
    expect(forced(policies({ issuers: [] }, { subjects: ['b.x'] }), policies(all))).toEqual(
      policies({ subjects: ['b.x'] }),
    );
  });

  test('a log', () => {
    const desired = { apps: {}, logging: { logs: { default: { '@id': 'caddyctl.default.log', encoder: {} } } } };
    const live = { apps: null, logging: { logs: { default: { level: 'ERROR' }, other: {} } } };
    const [conflict, ...rest] = findConflicts(
      { live, desired, owner: 'default', placeOf },
      overlay(live, desired, 'default').clashes,
    );
    expect(rest).toEqual([]);
    expect(conflict).toMatchObject({
      kind: 'log',
      message: `the policies want a log "default" of their own, and there is Caddy's log "default", which is not caddyctl's`,
    });
    expect(takeOver(live, conflict?.takes ?? []).logging).toEqual({ logs: { other: {} } });
  });

  test('a setting, an authority', () => {
    const desired = {
      http: { http_port: 8080 },
      pki: { certificate_authorities: { local: { '@id': 'caddyctl.default.ca' } } },
    };
    const live = {
      http: { http_port: 80, servers: { srv0: {} } },
      pki: { certificate_authorities: { local: { name: 'x' } } },
    };
    const conflicts = conflictsOf(live, desired);
    expect(conflicts.map(({ message }) => message)).toEqual([
      'the policies want http.http_port to be 8080, and somebody else has set it to 80',
      `the policies want a certificate authority "local" of their own, and there is Caddy's certificate authority "local", which is not caddyctl's`,
    ]);
    expect(forced(live, desired)).toEqual({ http: { servers: { srv0: {} } }, pki: { certificate_authorities: {} } });
  });
});
