import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { type Finished, runCli } from '../cli/run-cli.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caddyctl-validate-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function validate(policy: string, env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  writeFileSync(join(folder, 'a.yaml'), policy);
  return await runCli(['validate', '--caddy', 'a.yaml'], {
    cwd: folder,
    env: { CADDY_BIN: inject('caddyPath'), TMPDIR: folder, ...env },
  });
}

describe('caddyctl validate --caddy', () => {
  test('accepts what Caddy accepts, on no port and leaving nothing behind', async () => {
    const result = await validate('sites:\n  a.example.com: localhost:9000\n');
    expect(result).toMatchObject({ code: 0, stdout: 'valid: 1 file, 1 site, 1 route\n', stderr: '' });
    expect(readdirSync(folder)).toEqual(['a.yaml']);
  });

  test("puts Caddy's complaint at the line that it is about", async () => {
    const result = await validate(
      'sites:\n  a.example.com:\n    routes:\n      /: localhost:9000\n      /x: { raw: [{ handler: no_such_module }] }\n',
    );
    expect(result).toMatchObject({ code: 3, stdout: '' });
    expect(result.stderr).toMatch(/^error\[caddy-rejects\] Caddy 2\.\S+ does not take this: .*no_such_module/);
    expect(result.stderr).toContain(' --> a.yaml:5:7\n5 |       /x: {');
  });

  test("secrets that only Caddy's machine has are not missed", async () => {
    const policy =
      'sites:\n  a.example.com:\n    auth: { basic: { users: { ann: { env: SOME_HASH }, bob: { file: /nonexistent/hash } } } }\n    routes: { /: localhost:9000 }\n';
    expect(await validate(policy)).toMatchObject({ code: 0, stderr: '' });
    const wrong = await validate(policy, { SOME_HASH: 'not a hash' });
    expect(wrong.code).toBe(3);
    expect(wrong.stderr).toContain('caddy-rejects');
  });

  test('a CADDY_BIN that cannot be used is said', async () => {
    const result = await validate('sites:\n  a.example.com: localhost:9000\n', { CADDY_BIN: '/nonexistent/caddy' });
    expect(result).toMatchObject({ code: 4, stdout: '' });
    expect(result.stderr).toMatch(/^error: CADDY_BIN is \/nonexistent\/caddy, which cannot be used: /);
  });

  test('mistakes that need no Caddy are told without one', async () => {
    const result = await validate('sites: {', { CADDY_BIN: '/nonexistent/caddy' });
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('error[syntax]');
  });
});
