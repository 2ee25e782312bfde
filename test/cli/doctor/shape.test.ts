import { expect, test } from 'vitest';
import type { JsonValue } from '../../../src/caddy/json.ts';
import { shapeOf } from '../../../src/cli/doctor/bundle/shape.ts';
import { known } from '../../../src/cli/doctor/bundle/vocabulary.ts';

test('a config is what it is made of', () => {
  const route = {
    match: [{ path: ['/a'] }, { not: [{ method: ['GET'] }] }],
    handle: [{ handler: 'subroute', routes: [] }],
  };
  const shape = shapeOf({ apps: { http: { servers: { a: { routes: [route, route] }, b: {} } } } });
  expect(shape).toMatchObject({
    apps: { http: 1 },
    servers: 2,
    routes: 2,
    handlers: { subroute: 2 },
    matchers: { method: 2, not: 2, path: 2 },
    widest: 2,
  });
});

test.each<JsonValue>([null, [], {}, 'text', { apps: null }, { apps: { http: [] } }])(
  '%j has a shape, too',
  (config) => {
    expect(shapeOf(config)).toMatchObject({ servers: 0, routes: 0, handlers: {} });
  },
);

test("words that are JavaScript's own are no words of Caddy", () => {
  for (const word of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '']) {
    expect(known('key', word)).toBe('other');
  }
  const config = JSON.parse('{"__proto__": {"handler": "__proto__"}, "constructor": 1}') as JsonValue;
  expect(shapeOf(config)).toMatchObject({ handlers: { other: 1 }, keys: { handler: 1, other: 2 } });
});
