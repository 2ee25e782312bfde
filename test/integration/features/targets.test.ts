import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type Backend, startBackend } from '../../support/backend/backend.ts';
import { echo } from '../../support/backend/echo.ts';
import { all } from '../../support/client/answer.ts';
import { raw } from '../../support/client/raw.ts';
import { type Served, serve } from '../../support/serve.ts';

let app: Backend;
let served: Served;

beforeAll(async () => {
  app = await startBackend({ app: echo('app') });
  served = await serve({
    caddyPath: inject('caddyPath'),
    environment: { TOKEN: 'token' },
    policy: `
sites:
  app.test:
    headers: { X-Site: policy }
    routes:
      /: ${app.address}
      /internal: { deny: 404 }
      /admin: { to: "${app.address}", auth: { bearer: { env: TOKEN } } }
      /tenant: { to: "${app.address}", rewrite: { add_prefix: /one } }
  moved.test: { redirect: { to: https://new.test, keep_path: true } }
`,
  });
});

afterAll(async () => {
  await served?.stop();
  await app?.stop();
});

beforeEach(() => {
  app.contacts.length = 0;
});

const ask = (target: string, host = 'app.test', method = 'GET') =>
  raw(served.https(host), [`${method} ${target} HTTP/1.1`, `Host: ${host}`]);

// Go's parser takes "scheme:rest" for a URL without a path, which no route but "/" takes, and hands `rest` on as it stands:
// to the app it would be an absolute URL, of a path that a route denies or guards.
test.each(['x:http://app.test/internal/x', 'x:http://app.test/admin', 'http:internal/x', 'http://app.test', '*'])(
  'the target %s names no path of the site, and never reaches an app',
  async (target) => {
    const answer = await ask(target);
    expect(answer.status).toBe(400);
    expect(all(answer, 'Server')).toEqual([]);
    expect(app.contacts).toEqual([]);
  },
);

test('nor does a tunnel', async () => {
  expect((await ask('app.test:443', 'app.test', 'CONNECT')).status).toBe(400);
  expect(app.contacts).toEqual([]);
});

test('a redirect that keeps the path keeps no host of the asker', async () => {
  const answer = await ask('x:@evil.test/', 'moved.test');
  expect(answer.status).toBe(400);
  expect(all(answer, 'Location')).toEqual([]);
});

test('a URL as the target is its path', async () => {
  expect((await ask('https://app.test/internal/x')).status).toBe(404);
  expect((await ask('https://app.test/a')).status).toBe(200);
  expect(app.contacts.map(({ url }) => url)).toEqual(['/a']);
});

// Routes are told apart by the path as it resolves, and an app may read it as it stands: "/internal/../x" is below
// /internal to the one that looks at beginnings only.
test.each([
  '/internal/../x',
  '/internal/%2e%2e/x',
  '/internal/..%2Fx',
  '/internal%2f..%2fx',
  '/admin/./../x',
  '/x/.',
  '/x/..\\internal',
  '/x/..;/internal',
  '/tenant/../../two',
])('%s never reaches an app, which might resolve it otherwise', async (target) => {
  const answer = await ask(target);
  expect([400, 401, 404]).toContain(answer.status);
  expect(all(answer, 'X-Site')).toEqual(['policy']);
  expect(app.contacts).toEqual([]);
});

test.each(['/..x', '/x..', '/...', '/.well-known/x', '/a.b/..c', '/a%2Fb', '//a', '/?next=/../x'])(
  '%s is an ordinary path, and reaches the app as it stands',
  async (target) => {
    expect((await ask(target)).status).toBe(200);
    expect(app.contacts.map(({ url }) => url)).toEqual([target]);
  },
);
