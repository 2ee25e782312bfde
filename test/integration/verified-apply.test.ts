import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { type Applying, startApplying } from '../support/applying.ts';
import { type Backend, startBackend } from '../support/backend/backend.ts';
import { http1 } from '../support/client/http1.ts';
import { freePort } from '../support/client/ports.ts';

const caddyPath = inject('caddyPath');
let at: Applying;
let app: Backend;
let port: number;

beforeEach(async () => {
  at = await startApplying({ caddyPath });
  app = await startBackend({ app: (_request, response) => response.end('hello') });
  port = await freePort();
});
afterEach(async () => {
  await app.stop();
  await at.stop();
});

/** One site in the clear, and what else it says. */
function site(more: string, to = app.address): string {
  return `services:\n  app: { at: '${to}', health: /health }\nsites:\n  a.example.com:\n    listen: '127.0.0.1:${port}'\n    tls: off\n${more}`;
}

const plain = '    routes: { /: app }\n';

const body = async (): Promise<string> => (await http1({ host: 'a.example.com', port })).body;

describe('apply', () => {
  test('tells how many checks pass', async () => {
    const first = await at.apply(site(plain));
    expect(first).toMatchObject({ code: 0 });
    expect(first.stderr).toMatch(/^Checked: \d+ checks pass$/m);
  });

  test('puts back what was there when the app it leads to now is not', async () => {
    await at.apply(site(plain));
    const before = await at.live();
    const dead = await freePort();
    const result = await at.apply(site(plain, `127.0.0.1:${dead}`));
    expect(result.code).toBe(7);
    expect(result.stderr).toContain('broken by this push: a.example.com: app is well');
    expect(result.stderr).toContain('got 502');
    expect(result.stderr).toMatch(/policies\/site\.yaml:2:\d+/);
    expect(await at.live()).toBe(before);
    expect(await body()).toBe('hello');
  });
});
