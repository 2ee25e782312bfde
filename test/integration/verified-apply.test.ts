import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { type Applying, startApplying } from '../support/applying.ts';
import { type Backend, startBackend } from '../support/backend/backend.ts';
import { http1 } from '../support/client/http1.ts';
import { freePort } from '../support/client/ports.ts';
import { anyPorts, caddyctl } from '../support/up.ts';

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

  test('what failed before and fails still is told, and does not hold up the rest', async () => {
    const other = `    routes: { /: app, /other: '127.0.0.1:${await freePort()}' }\n`;
    await at.apply(site(other));
    const result = await at.apply(site(`${other}    max_body: 1MiB\n`));
    expect(result.code).toBe(0);
    expect(result.stderr).toMatch(/^fails, and did not pass before the push: a\.example\.com: .*\/other/m);
  });

  test('what the policies no longer protect has to be allowed, by the digest of that plan', async () => {
    const header = '    headers: { X-Frame-Options: DENY, X-Other: one }\n';
    await at.apply(site(plain + header));
    const less = site(`${plain}    headers: { X-Other: two }\n`);
    const refused = await at.apply(less);
    expect(refused.code).toBe(7);
    expect(refused.stderr).toContain('/ has X-Frame-Options as set (policies/site.yaml:');
    expect(refused.stderr).toContain('said so before)');
    const [, digest = ''] = /--allow ([0-9a-f]{16})/.exec(refused.stderr) ?? [];
    expect(await at.run('apply', '--allow', digest)).toMatchObject({ code: 0 });
    expect(await at.live()).not.toContain('X-Frame-Options');
  });

  test('--no-verify asks nothing and puts nothing back; json tells what was found', async () => {
    await at.apply(site(plain));
    const dead = await freePort();
    const told = await at.apply(site(plain, `127.0.0.1:${dead}`), '--settle', '1s', '-o', 'json');
    expect(told.code).toBe(7);
    expect(JSON.parse(told.stdout)).toMatchObject({
      outcome: 'rolled-back',
      checks: {
        regressions: [{ site: 'a.example.com', state: 'failed', got: '502 (GET /health)', place: { line: 2 } }],
      },
    });
    expect(await at.run('apply', '--no-verify')).toMatchObject({ code: 0 });
    expect(await at.live()).toContain(`127.0.0.1:${dead}`);
  });

  test('where going back fails too, that is exit 8 and cannot be overlooked; what fails runs until somebody goes back', async () => {
    await at.apply(site(plain));
    const before = await at.live();
    await at.write(site(plain, `127.0.0.1:${await freePort()}`));
    const push = 'POST /config/apps';
    const held = at.proxy.hold(push, 'before');
    const applying = at.run('apply', '--settle', '1s', '-q');
    const pushing = await held;
    // As often as going back is tried.
    at.proxy.on(push, 'request lost', 2);
    pushing.release();
    const result = await applying;
    expect(result.code).toBe(8);
    expect(result.stderr).toContain('THE ROLLBACK FAILED, A PERSON IS NEEDED: ');
    expect(result.stderr).toContain('!!  The site may be down');
    expect(result.stderr).toContain('`caddyctl rollback` tries to go back once more');
    expect(result.stdout).toBe('');
    expect(await at.live()).not.toBe(before);
    const back = await at.run('rollback');
    expect(back).toMatchObject({ code: 0 });
    expect(await at.live()).toBe(before);
    expect(await body()).toBe('hello');
  });

  test('killed between the push and the proof: the next one finishes it, and goes back', async () => {
    const home = at.caddy.folder;
    const policy = join(home, 'policy.yaml');
    const flags = ['--admin', at.proxy.address, '--state-dir', home];
    await writeFile(policy, site(plain));
    expect(await at.run('apply', policy, ...flags)).toMatchObject({ code: 0 });
    const before = await at.live();
    await writeFile(policy, site(plain, `127.0.0.1:${await freePort()}`));
    const pushes = at.proxy.writes().length;
    // Other ports would be another config, and another revision.
    const run = caddyctl({ args: ['apply', policy, ...flags], home, env: anyPorts });
    await run.says(/^Pushed/m);
    run.kill('SIGKILL');
    await run.ended;
    expect(at.proxy.writes()).toHaveLength(pushes + 1);
    expect(await at.live()).not.toBe(before);
    const told = await at.run('history', ...flags);
    expect(told.stderr).toMatch(/ runs [0-9a-f]+, pushed at \S+: the push was broken off before it was proved/);
    const next = await at.run('apply', policy, ...flags);
    expect(next).toMatchObject({ code: 7 });
    expect(next.stdout + next.stderr).not.toContain('order, marks or ports');
    expect(await at.live()).toBe(before);
    expect(await body()).toBe('hello');
  });
});
