import { describe, expect, test } from 'vitest';
import { originOfComplaint } from '../../src/caddy/complaint.ts';
import type { Origin } from '../../src/ir/origin.ts';

const config = {
  apps: {
    http: {
      servers: {
        'caddyctl-default-https': {
          routes: [
            { '@id': 'r0', handle: [{ handler: 'static_response' }] },
            {
              '@id': 'r1',
              handle: [
                { handler: 'headers' },
                {
                  handler: 'subroute',
                  routes: [
                    { handle: [] },
                    { '@id': 'r1.1', handle: [{ handler: 'subroute', routes: [{ handle: [] }] }] },
                  ],
                },
              ],
            },
          ],
          errors: { routes: [{ '@id': 'e0', handle: [] }] },
        },
      },
    },
  },
};

const origins = new Map(
  ['r0', 'r1', 'r1.1', 'e0'].map((id): [string, Origin] => [
    id,
    {
      file: { path: id, text: '' },
      root: { kind: 'scalar', value: null, plain: true, range: { start: 0, end: 0 } },
      path: [],
    },
  ]),
);

describe('originOfComplaint', () => {
  const http = 'loading http app module: provision http: server caddyctl-default-https: ';

  test.each([
    ['setting up route handlers: route 0: loading handler modules: position 0: loading module', 'r0'],
    ["setting up route matchers: route 1: loading matcher modules: module name 'path_regexp': provision", 'r1'],
    [
      "setting up route handlers: route 1: loading handler modules: position 1: loading module 'subroute': provision http.handlers.subroute: setting up subroutes: route 1: loading handler modules: position 0: x",
      'r1.1',
    ],
    [
      'setting up route handlers: route 1: loading handler modules: position 1: setting up subroutes: route 1: loading handler modules: position 0: setting up subroutes: route 0: loading',
      'r1.1',
    ],
    ['setting up route handlers: route 1: loading handler modules: position 1: setting up subroutes: route 0: x', 'r1'],
    ['setting up error handling routes: route 0: loading handler modules: position 0: x', 'e0'],
    ['setting up route handlers: route 7: loading', undefined],
    ['setting up TLS connection policies: connection policy 0: x', undefined],
  ])('%s', (complaint, id) => {
    expect(originOfComplaint(http + complaint, config, origins)?.file.path).toBe(id);
  });

  test.each(['loading tls app module: provision tls: x', 'server other: setting up route handlers: route 0: x', ''])(
    '%s',
    (complaint) => {
      expect(originOfComplaint(complaint, config, origins)).toBeUndefined();
    },
  );
});
