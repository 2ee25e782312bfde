import { describe, expect, test } from 'vitest';
import { renderPlan } from '../../src/plan/render.ts';
import { compiled, edited, indexOf, liveWith, NOTHING, planFor } from './policy-text.ts';

const text = (plan: Parameters<typeof renderPlan>[0]): string => renderPlan(plan, { color: false });
const between = (before: string, after: string): string =>
  text(planFor(liveWith(before), compiled(after), { maxDelete: 1, allowEmpty: true }));

/** Without the lines that every change of the set of listeners brings. */
const site = (before: string, after: string): string[] =>
  between(before, after)
    .split('\n')
    .filter((line) => line !== '' && !/^[-+~] listener/.test(line));

describe('a plan for people', () => {
  test('first apply', () => {
    expect(text(planFor(NOTHING, compiled('sites:\n  a.example.com: localhost:9000\n')))).toBe(
      `+ site a.example.com (policies/p.yaml:2:3)
    tls auto
    + route /  to localhost:9000
    + route / over http  redirect https (308)
+ listener http  listen :80, protocols h1, unknown hosts respond 421
+ listener https  listen :443, protocols h1, h2, h3, unknown hosts respond 421
Plan: 4 to add, 0 to change, 0 to remove
`,
    );
  });

  test('nothing to do', () => {
    const policy = 'sites:\n  a.example.com: localhost:9000\n';
    expect(between(policy, policy)).toBe('No changes: Caddy has what the policies say\n');
  });

  test('sites and routes that come, go and change', () => {
    const before = `
sites:
  a.example.com: { routes: { /: a:80, /api: a:81, /old: a:82 } }
  gone.example.com: a:80
`;
    const after = `
sites:
  a.example.com: { routes: { /: a:80, /api: b:81, =/new: { respond: ok } } }
  new.example.com: { redirect: https://example.com }
`;
    expect(site(before, after)).toEqual([
      '~ site a.example.com (policies/p.yaml:3:3)',
      '    + route =/new  respond 200 "ok"',
      '    ~ route /api  to a:81 → b:81',
      '    - route /old  to a:82',
      '- site gone.example.com',
      '    - route /  to a:80',
      '    - route / over http  redirect https (308)',
      '+ site new.example.com (policies/p.yaml:4:3)',
      '    tls auto',
      '    + route /  redirect https://example.com (308)',
      '    + route / over http  redirect https (308)',
      'Plan: 3 to add, 1 to change, 3 to remove',
    ]);
  });

  test('what changes in every route is said once', () => {
    const policy = (frame: string) => `
sites:
  a.example.com: { headers: { X-Frame-Options: ${frame} }, routes: { /: a:80, /api: a:81 } }
`;
    expect(site(policy('DENY'), policy('SAMEORIGIN'))).toEqual([
      '~ site a.example.com (policies/p.yaml:3:3)',
      '    header X-Frame-Options: DENY → SAMEORIGIN',
      'Plan: 0 to add, 1 to change, 0 to remove',
    ]);
  });

  test('sites that change alike are told together, and counted each', () => {
    const policy = (frame: string) => `
presets: { mine: { headers: { X-Frame-Options: ${frame} } } }
sites:
  'a.example.com, b.example.com': { use: mine, to: localhost:1234 }
  c.example.com: { use: mine, to: localhost:4321 }
`;
    expect(site(policy('DENY'), policy('SAMEORIGIN'))).toEqual([
      '~ site a.example.com, b.example.com, c.example.com (policies/p.yaml:4:4)',
      '    header X-Frame-Options: DENY → SAMEORIGIN',
      'Plan: 0 to add, 2 to change, 0 to remove',
    ]);
  });

  const one = (modifiers: string, to = 'to: localhost:9000') =>
    `sites:\n  a.example.com: { ${modifiers === '' ? '' : `${modifiers}, `}${to}, http: off }\n`;
  test.each([
    ['max_body: 25MiB', 'max_body 25MiB (new)'],
    ['max_body: 25MB', 'max_body 25MB (new)'],
    ['headers: { X-A: "{braces}" }', 'header X-A: {braces} (new)'],
    ['headers: { X-A: null }', 'header X-A: removed (new)'],
    ['headers: { X-A: { default: one } }', 'header X-A: default one (new)'],
    ['headers: { X-A: { add: one } }', 'header X-A: + one (new)'],
    ['request_headers: { X-A: one }', 'request header X-A: one (new)'],
    ['request_headers: { X-A: { default: one } }', 'request header X-A: default one (new)'],
    ['allow_from: [10.0.0.0/8]', 'allow_from 10.0.0.0/8 (new)'],
    ['deny_from: [10.0.0.0/8]', 'deny_from 10.0.0.0/8 (new)'],
    ['compress: [gzip]', 'compress gzip (new)'],
    ['tls: internal', 'tls auto → internal'],
    ['tls: { certificate: /c.pem, key: /k.pem }', 'tls auto → files /c.pem'],
    ['log: {}', 'log on (new)'],
    ['rewrite: { strip_prefix: /a }', 'rewrite without /a (new)'],
    ['rewrite: { add_prefix: /a }', 'rewrite below /a (new)'],
    ['errors: { 404: { body: gone } }', 'error page 404 respond {http.error.status_code} "gone" (new)'],
    ['cors: { origins: [https://x.example.com] }', 'cors https://x.example.com (new)'],
    ['trusted_proxies: [10.0.0.1]', 'trusted_proxies 10.0.0.1 (new)'],
    ['timeouts: { connect: 5s }', 'timeout connect 5s (new)'],
    ['protocols: [h1]', 'protocols http/1.1 (new)'],
  ])('%s', (modifier, line) => {
    const lines = site(one(''), one(modifier)).map((each) => each.trim().replace(/^~ route \/ +/, ''));
    expect(lines).toContain(line);
  });

  test.each([
    ['auth: { bearer: { env: TOKEN } }', 'auth bearer env TOKEN (new)'],
    ['auth: { basic: { users: { ann: { file: /run/hash } } } }', 'auth basic ann (file /run/hash) (new)'],
    ['auth: { forward: { to: localhost:9091, path: /verify } }', 'auth forward to localhost:9091/verify (new)'],
    ['auth: { client_certificate: { ca: /ca.pem } }', 'auth client certificate of /ca.pem (new)'],
  ])('%s, by where the secret is and never what', (modifier, line) => {
    expect(site(one(''), one(modifier)).join('\n')).toContain(line);
  });

  test.each([
    ['respond: hello', 'respond 200 "hello"'],
    ['respond: { status: 410, body: "" }', 'respond 410'],
    ['redirect: https://x.example.com', 'redirect https://x.example.com (308)'],
    ['files: /srv', 'files /srv'],
    ['deny: 404', 'deny 404'],
    ['to: [a:80, b:80]', 'to a:80, b:80'],
    ['to: https://a:443', 'to https://a:443'],
    ['raw: [{ handler: templates }]', 'handler templates'],
  ])('a new site with %s', (handler, line) => {
    expect(text(planFor(NOTHING, compiled(one('', handler))))).toContain(`    + route /  ${line}\n`);
  });

  test('what was edited by hand has no words, and no secret in it is shown', () => {
    const policy = 'sites:\n  a.example.com: { respond: ok, http: off }\n';
    const live = liveWith(policy);
    const handle = ['http', 'servers', 'caddyctl-default-https', 'routes', indexOf(live, '/'), 'handle'];
    const withHandler = edited(live.apps, handle, (list) => [
      { handler: 'secretive', password: 'hunter2' },
      ...(list as []),
    ]);
    const plan = text(planFor({ ...live, apps: withHandler }, compiled(policy)));
    expect(plan).toContain('~ route /  handler secretive (no longer)');
    expect(plan).not.toContain('hunter2');
    const withGroup = edited(live.apps, handle.slice(0, -1), (route) => ({ ...(route as object), group: 'x' }));
    expect(text(planFor({ ...live, apps: withGroup }, compiled(policy)))).toContain(
      '~ route /  other settings changed (by hand?)',
    );
  });

  test('a plan says something wherever it is not empty', () => {
    const policy = 'sites:\n  a.example.com: { respond: ok, http: off }\n';
    const live = liveWith(policy);
    const apps = edited(live.apps, ['http', 'https_port'], () => 8443);
    expect(text(planFor({ ...live, apps }, compiled(policy)))).toBe(
      '~ order, marks or ports\nPlan: 0 to add, 1 to change, 0 to remove\n',
    );
  });

  test('one obstacle is left to the sentence of the failure, several are listed', () => {
    const srv = (port: number) => ({ listen: [`:${port}`] });
    const policy = compiled('sites:\n  a.example.com: localhost:9000\n');
    const apps = (...ports: number[]) => ({
      http: { servers: Object.fromEntries(ports.map((port) => [`srv${port}`, srv(port)])) },
    });
    expect(text(planFor({ ...NOTHING, apps: apps(443) }, policy))).not.toContain('conflict');
    expect(text(planFor({ ...NOTHING, apps: apps(443, 80) }, policy)).match(/^conflict: .*$/gm)).toHaveLength(2);
  });

  test('shows what a forced apply takes, and from whom', () => {
    const live = { apps: { http: { servers: { srv0: { listen: [':443'] } } } }, logging: null };
    const plan = planFor(live, compiled('sites:\n  a.example.com: localhost:9000\n'), { forceConflicts: true });
    expect(text(plan)).toContain('\n- Caddy\'s server "srv0", which is not caddyctl\'s, with all that it serves\n');
    expect(text(plan)).toContain('1 to remove');
  });

  test('no control character of a foreign config reaches the terminal', () => {
    const live = { apps: { http: { servers: { 'evil\u001b[2J': { listen: [':443'] } } } }, logging: null };
    const plan = planFor(live, compiled('sites:\n  a.example.com: localhost:9000\n'), { forceConflicts: true });
    expect(text(plan)).not.toContain('\u001b');
  });

  test('colours only where they are asked for', () => {
    const plan = planFor(NOTHING, compiled('sites:\n  a.example.com: localhost:9000\n'));
    expect(renderPlan(plan, { color: true })).toContain('\u001b[32m+\u001b[39m site a.example.com');
  });
});
