import { expect, test } from 'vitest';
import type { JsonValue } from '../../src/caddy/json.ts';
import { tellable } from '../../src/caddy/tellable.ts';

const config = (route: JsonValue, more: object = {}) => ({
  apps: { http: { servers: { a: { routes: [route] } } }, ...more } as JsonValue,
});
const way =
  'loading new config: loading http app module: provision http: server a: setting up route handlers: route 0: loading handler modules: position 0: ';
const sub =
  "loading module 'subroute': provision http.handlers.subroute: setting up subroutes: route 0: loading matcher modules: module name 'remote_ip': ";
const matcher = (range: string): JsonValue => ({
  handle: [{ handler: 'subroute', routes: [{ match: [{ remote_ip: { ranges: [range] } }] }] }],
});
const left = "what Caddy says of it may repeat a secret that it refers to, so it stands in Caddy's own log alone";

test("what refers to Caddy's environment or files is told of by the way there alone", () => {
  const complaint = `${way}${sub}provision http.matchers.remote_ip: invalid IP address: 'canary': ParseAddr("canary")`;
  for (const range of ['{env.X}', 'a{file./run/secrets/x}b']) {
    expect(tellable(complaint, config(matcher(range)))).toBe(`${way}${sub}provision http.matchers.remote_ip: ${left}`);
  }
});

test.each(['10.0.0.0', '{http.vars.x}', '\\{env.X\\}'])(
  'what does not, as %s, is told of as Caddy says it',
  (range) => {
    const complaint = `${way}${sub}provision http.matchers.remote_ip: invalid IP address: '${range}'`;
    expect(tellable(complaint, config(matcher(range)))).toBe(complaint);
  },
);

test('a matcher is told of, though a handler beside it refers to a secret, and the other way round', () => {
  const route = { match: [{ expression: 'x(' }], handle: [{ handler: 'x', token: '{env.X}' }, { handler: 'y' }] };
  const of = (what: string) => `provision http: server a: ${what}`;
  const expression = of(
    "setting up route matchers: route 0: loading matcher modules: module name 'expression': canary",
  );
  expect(tellable(expression, config(route))).toBe(expression);
  const handler = of(
    "setting up route handlers: route 0: loading handler modules: position 1: loading module 'y': canary",
  );
  expect(tellable(handler, config(route))).toBe(handler);
  expect(tellable(handler.replace('position 1', 'position 0'), config(route))).not.toContain('canary');
});

test('a password by reference is told of: Caddy says only at which byte it is wrong', () => {
  const handler = { handler: 'authentication', providers: { http_basic: { accounts: [{ password: '{env.X}$' }] } } };
  const complaint = `${way}loading module 'authentication': base64-decoding password: illegal base64 data at input byte 9`;
  expect(tellable(complaint, config({ handle: [handler] }))).toBe(complaint);
  const account = { username: '{env.X}', password: '{env.X}$' };
  const named = { ...handler, providers: { http_basic: { accounts: [account, account] } } };
  const twice = `${way}loading module 'authentication': account 1: username is not unique: canary`;
  expect(tellable(twice, config({ handle: [named] }))).not.toContain('canary');
});

test('where Caddy does not say of which route it speaks, it is of what is none', () => {
  const complaint =
    'loading new config: loading tls app module: provision tls: loading certificates: open canary: no such file';
  expect(tellable(complaint, config({ handle: [{ token: '{env.X}' }] }))).toBe(complaint);
  const files = { tls: { certificates: { load_files: [{ certificate: '{env.X}' }] } } };
  expect(tellable(complaint, config({}, files))).toBe(
    `loading new config: loading tls app module: provision tls: ${left}`,
  );
  expect(tellable('canary', { apps: null, logging: { '{env.X}': 1 } })).toBe(left);
  expect(tellable('as it is', { apps: null })).toBe('as it is');
});
