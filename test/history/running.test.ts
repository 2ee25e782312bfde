import { expect, test } from 'vitest';
import type { JsonValue } from '../../src/caddy/json.ts';
import { compile } from '../../src/compile.ts';
import { runningRevision } from '../../src/history/running.ts';

const target = { owner: 'default', httpPort: 80, httpsPort: 443, internalCa: false, env: {} };
const compiled = compile([{ path: 'p.yaml', text: 'sites: { a.example.com: "localhost:9000" }' }], target);
const apps = compiled.config?.apps as { http: { servers: Record<string, { '@id': string }> } };
const withServers = (servers: Record<string, unknown>): JsonValue => ({ http: { servers } }) as JsonValue;

test('Caddy says which revision it runs', () => {
  expect(Object.keys(apps.http.servers).length).toBeGreaterThan(1);
  expect(runningRevision(apps, 'default')).toBe(compiled.revision);
  const foreign = { '@id': 'caddyctl.other.server.https.0123456789ab', listen: [':8443'] };
  expect(runningRevision(withServers({ ...apps.http.servers, foreign, srv0: {} }), 'default')).toBe(compiled.revision);
});

test('it is none where there is nothing of ours, or where parts are of different revisions', () => {
  expect(runningRevision(null, 'default')).toBeUndefined();
  expect(runningRevision(withServers({}), 'default')).toBeUndefined();
  expect(runningRevision(apps, 'other')).toBeUndefined();
  const older = { '@id': 'caddyctl.default.server.8443.0123456789ab' };
  expect(runningRevision(withServers({ ...apps.http.servers, older }), 'default')).toBeUndefined();
});
