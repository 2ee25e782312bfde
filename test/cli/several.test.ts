import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

/** Flags that may be given again, typed or by their variables. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'caddyctl-several-'));
  for (const name of ['policies', 'old', 'new', 'more']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'p.yaml'), `sites: { ${name}.example.com: "localhost:8001" }\n`);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: readonly string[], env: Record<string, string> = {}) => runCli(args, { cwd: folder, env });

test('what stands behind such a flag and its value is a path of the command', async () => {
  const before = await run(['diff', '--from', 'old', 'new']);
  expect(before).toMatchObject({ code: 0, stdout: expect.stringContaining('new.example.com') as string });
  expect(before.stdout).not.toContain('policies.example.com');
  expect(before).toEqual(await run(['diff', 'new', '--from', 'old']));
  expect(before).toEqual(await run(['diff', 'new'], { CADDYCTL_FROM: 'old' }));
  expect((await run(['diff', '--from', 'old', '--from', 'more', 'new'])).stdout).toContain('more.example.com');
});

test('explain reads the policies that are named, and no others', async () => {
  const asked = ['GET', 'https://new.example.com/', '-o', 'json'];
  const typed = await run(['explain', '--policy', 'new', ...asked]);
  expect(typed).toMatchObject({ code: 0, stdout: expect.stringContaining('localhost:8001') as string });
  expect(await run(['explain', ...asked], { CADDYCTL_POLICY: 'new' })).toEqual(typed);
  expect((await run(['explain', ...asked])).stdout).not.toContain('localhost:8001');
  const header = await run(['explain', '--policy', 'new', ...asked], { CADDYCTL_HEADER: 'X-A: b' });
  expect(header).toMatchObject({ code: 0, stderr: '' });
});
