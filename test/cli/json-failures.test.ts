import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

/** Whatever fails, a program that reads JSON gets one document, and `error` in it says what. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'caddyctl-failures-'));
  writeFileSync(join(folder, 'good.yaml'), 'sites: { a.example.com: "localhost:8001" }\n');
  writeFileSync(join(folder, 'bad.yaml'), 'sites: { a.example.com: { respnd: x } }\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A port that needs rights which no daemon of ours asks for. */
const nobody = '127.0.0.1:1';
const invalid = { code: 'invalid', exit: 3 };
const usage = { code: 'usage', exit: 64 };
const unreachable = { code: 'unreachable', exit: 4 };

test.each([
  [['translate', 'bad.yaml'], invalid],
  [['validate', 'bad.yaml'], invalid],
  [['fmt', 'missing.yaml'], invalid],
  [['test', 'bad.yaml'], invalid],
  [['explain', 'GET', 'https://a.example.com/', '--policy', 'bad.yaml'], invalid],
  [
    ['explain', 'GET', 'a.example.com', '--policy', 'good.yaml'],
    { ...usage, hint: 'like https://app.example.com/api' },
  ],
  [['diff', 'good.yaml', '--from', 'bad.yaml'], invalid],
  [['up', '--local', 'bad.yaml'], invalid],
  [['test', 'good.yaml', '--filter', 'nothing'], { ...usage, message: 'no check is left' }],
  [['watch', '-'], usage],
  [['rollback', 'abcdef'], { ...usage, message: 'the history has no revision abcdef' }],
  [['hash-password'], { ...usage, message: 'the password is empty' }],
  [['diff', 'good.yaml', '--admin', nobody], unreachable],
  [['apply', 'good.yaml', '--admin', nobody], unreachable],
  [['rollback', '--admin', nobody], unreachable],
  [['explain', 'GET', 'https://a.example.com/', '--live', '--admin', nobody], unreachable],
  [['status', '--address', nobody], unreachable],
  [['doctor', '--admin', nobody], unreachable],
])('%j', async (args, error) => {
  const { code, stdout } = await runCli([...args, '-o', 'json'], {
    cwd: folder,
    env: { CADDYCTL_STATE_DIR: join(folder, 'state') },
  });
  const document = JSON.parse(stdout) as { error: object; diagnostics?: readonly object[] };
  expect(document.error).toMatchObject({ message: expect.stringMatching(/\S/) as string, ...error });
  expect(code).toBe(error.exit);
  if (error === invalid) expect(document.diagnostics?.[0]).toMatchObject({ severity: 'error', place: { line: 1 } });
});

test('the same in YAML, and nothing in text', async () => {
  const run = (form: string) => runCli(['translate', 'bad.yaml', '-o', form], { cwd: folder });
  expect((await run('yaml')).stdout).toContain('error:\n  code: invalid\n  exit: 3\n');
  expect((await run('text')).stdout).toBe('');
});
