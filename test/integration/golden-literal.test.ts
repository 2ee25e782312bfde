import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { startBackend } from '../support/backend/backend.ts';
import { echo, type Seen } from '../support/backend/echo.ts';
import { type RunningCaddy, startCaddy } from '../support/caddy.ts';
import { all } from '../support/client/answer.ts';
import { http1 } from '../support/client/http1.ts';
import { freePort } from '../support/client/ports.ts';
import { goldenTarget } from '../support/golden.ts';

/** What would show if a placeholder were live, and what could make an escape go wrong. */
const canaries = [
  '{env.CANARY}',
  '{file./etc/hostname}',
  '{http.request.uri}',
  '{http.request.host}',
  '{system.hostname}',
  '\\{env.CANARY}',
  '\\\\{env.CANARY\\}',
  '{',
  '}',
  '\\{',
  '\\}',
  '\\',
  '\\\\',
  '{{',
  '}}',
  '{}',
  '${',
  '$1',
  '%7Benv.CANARY%7D',
] as const;

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...canaries) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 8 }) },
);
const control = /\p{Cc}|\p{Cn}|\p{Co}|\p{Cs}/u;
const line = fc
  .array(piece, { minLength: 1, maxLength: 12 })
  .map((pieces) => pieces.join(''))
  .filter((text) => !control.test(text));

const count = 400;
let caddy: RunningCaddy;
let port: number;
beforeAll(async () => {
  port = await freePort();
  caddy = await startCaddy({
    caddyPath: inject('caddyPath'),
    config: { apps: {} },
    env: { CANARY: 'a canary got out' },
  });
});
afterAll(() => caddy.stop());

/** In a policy `${` begins a variable, and `$${` is the text. */
const authored = (text: string): string => text.replaceAll('${', () => '$${');

test('what a policy says comes out of Caddy as the characters written', async () => {
  const texts = fc.sample(line, { numRuns: count, seed: Number(process.env['SEED'] ?? 20_261) });
  const routes = texts.map((text, index) => [
    `=/${index}`,
    {
      respond: { body: authored(text), content_type: 'text/plain' },
      headers: {
        'X-Set': authored(`<${text}>`),
        'X-Add': { add: authored(`<${text}>`) },
        'X-Default': { default: authored(`<${text}>`) },
      },
      ...(index % 2 === 0 && { errors: { 404: authored(text) } }),
    },
  ]);
  const errors = texts.map((text, index) => [
    `=/error/${index}`,
    { deny: 404, errors: { 404: { body: authored(text) } }, headers: { 'X-Set': authored(`<${text}>`) } },
  ]);
  const site = {
    tls: 'off',
    listen: `127.0.0.1:${port}`,
    routes: { '/': { deny: true }, ...Object.fromEntries([...routes, ...errors]) },
  };
  await serve(site);
  const to = { host: 'literal.test', port };
  for (const [index, text] of texts.entries()) {
    const answer = await http1(to, { path: `/${index}?a=canary` });
    const headers = ['X-Set', 'X-Add', 'X-Default'].map((name) => utf8(all(answer, name)));
    expect({ body: answer.body, headers }).toEqual({ body: text, headers: headers.map(() => [`<${text}>`]) });
    // On an error too, where another handler of Caddy's writes it.
    const refused = await http1(to, { path: `/error/${index}` });
    expect({ body: refused.body, set: utf8(all(refused, 'X-Set')) }).toEqual({ body: text, set: [`<${text}>`] });
  }
});

test('what a policy says towards an app arrives there as the characters written', async () => {
  const app = await startBackend({ app: echo('app') });
  const texts = fc.sample(line, { numRuns: count, seed: Number(process.env['SEED'] ?? 20_262) });
  const paths = texts
    .map((text) => `/${text.replace(/[/\\?#%*]|\s/g, '')}`)
    .map((path) => (/^\/\.*$/.test(path) ? '/x' : path));
  const routes = texts.flatMap((text, index) => [
    [
      `=/set/${index}`,
      { to: app.address, request_headers: { 'X-Set': authored(`<${text}>`), 'X-Add': { add: authored(`<${text}>`) } } },
    ],
    [`=/default/${index}`, { to: app.address, request_headers: { 'X-Default': { default: authored(`<${text}>`) } } }],
    [`=/path/${index}`, { to: app.address, rewrite: { path: authored(paths[index] ?? '') } }],
    [`=/prefix/${index}`, { to: app.address, rewrite: { add_prefix: authored(paths[index] ?? '') } }],
  ]);
  const site = {
    tls: 'off',
    listen: `127.0.0.1:${port}`,
    routes: { '/': { deny: true }, ...Object.fromEntries(routes) },
  };
  await serve(site);
  const to = { host: 'literal.test', port };
  for (const [index, text] of texts.entries()) {
    const asked = async (path: string): Promise<Seen> => JSON.parse((await http1(to, { path })).body) as Seen;
    const header = (seen: Seen, name: string): string[] => utf8(all(seen, name));
    const set = await asked(`/set/${index}`);
    expect([header(set, 'X-Set'), header(set, 'X-Add')]).toEqual([[`<${text}>`], [`<${text}>`]]);
    expect(header(await asked(`/default/${index}`), 'X-Default')).toEqual([`<${text}>`]);
    const path = paths[index] ?? '';
    expect(decodeURIComponent((await asked(`/path/${index}`)).url)).toBe(path);
    expect(decodeURIComponent((await asked(`/prefix/${index}`)).url)).toBe(`${path}/prefix/${index}`);
  }
  await app.stop();
});

async function serve(site: object): Promise<void> {
  const source = { path: 'literal.json', text: JSON.stringify({ sites: { 'literal.test': site } }) };
  const { config, diagnostics } = compile([source], goldenTarget);
  expect(renderDiagnostics(diagnostics)).toBe('');
  expect((await caddy.admin('POST', '/config/apps', JSON.stringify(config?.apps))).text).toBe('');
}

/** Node reads header values as Latin-1. */
function utf8(values: readonly string[]): string[] {
  return values.map((one) => Buffer.from(one, 'latin1').toString());
}
