import { describe, expect, test } from 'vitest';
import { routeLabel } from '../../src/plan/describe/route-label.ts';
import type { JsonObject } from '../../src/caddy/json.ts';
import { compiled } from './policy-text.ts';

function labels(routes: string): string[] {
  const { apps } = compiled(`sites:\n  a.example.com: { http: off, routes: ${routes} }\n`).desired;
  const { servers } = apps['http'] as { servers: Record<string, { routes: { match?: JsonObject[] }[] }> };
  return (servers['caddyctl-default-https']?.routes ?? []).flatMap(({ match = [] }) => match.map(routeLabel));
}

describe('a route is called by what the policy calls it', () => {
  test.each(['/api', '=/health', '=/a/', '/documents/*/status', '=/documents/*/status', '/a.b-c'])('%s', (path) => {
    expect(labels(`{ /: a:80, '${path}': { respond: x } }`)).toContain(path);
  });

  test.each([
    ['method: [GET, POST]', '/ when method GET, POST'],
    ['header: { X-A: one }', '/ when header X-A=one'],
    ['header: { X-A: true }', '/ when header X-A'],
    ['header: { X-A: false }', '/ when header X-A absent'],
    ['query: { q: one }', '/ when query q=one'],
    ['client_ip: [10.0.0.0/8]', '/ when client 10.0.0.0/8'],
    ['regex: "^/x"', '/ when regex ^/x'],
    ['expression: "path(\'/x\')"', "/ when expression path('/x')"],
    ['not: [{ method: GET }]', '/ when not (method GET)'],
  ])('when: { %s }', (when, label) => {
    expect(labels(`{ /: [{ when: { ${when} }, respond: x }, { to: a:80 }] }`)).toContain(label);
  });
});
