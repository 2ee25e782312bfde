import { execFile, type ExecFileException } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startCaddy } from '../support/caddy.ts';
import { http1 } from '../support/client/http1.ts';
import { freePort } from '../support/client/ports.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);
let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  // As npm lays it out, and far from the packages of this project.
  bundle = join(folder, 'node_modules/caddyctl');
  await run(process.execPath, [join(root, '.ci/build.mjs'), bundle]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], node: readonly string[] = []): Promise<Ran> {
  return runAs([...node, join(bundle, 'bin/caddyctl.cjs'), ...args]);
}

async function runAs(command: readonly string[]): Promise<Ran> {
  const env = { PATH: process.env['PATH'], HOME: folder, XDG_STATE_HOME: join(folder, 'state') };
  try {
    return { code: 0, ...(await run(process.execPath, command, { cwd: folder, env, maxBuffer: 10_000_000 })) };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as ExecFileException & Partial<Ran>;
    return { code: Number(code), stdout, stderr };
  }
}

test('the published program says its version, help and mistakes as the source does', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  expect((await start(['version'])).stdout).toContain(version);
  expect((await start(['--help'])).stdout).toContain('Usage: caddyctl');
  await writeFile(join(folder, 'bad.yaml'), 'sites:\n  a.example.com: { respnd: x }\n');
  const { code, stderr } = await start(['validate', 'bad.yaml']);
  expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('did you mean `respond`?') });
});

test.each([
  [['--help']],
  [['--version']],
  [[]],
  [['aply']],
  [['--log-levl', 'info']],
  [['help', 'apply']],
  [['diff', '--help']],
])('it says to %j what the source says', async (args) => {
  const source = await runAs([join(root, 'src/main.ts'), ...args]);
  expect(await start(args)).toEqual(source);
  expect(source.stdout + source.stderr).not.toBe('');
});

test('it makes the same config as the source', async () => {
  const args = ['translate', join(root, 'policies')];
  const source = await run(process.execPath, [join(root, 'src/main.ts'), ...args], { maxBuffer: 10_000_000 });
  const published = await start(args);
  expect(published.stdout).toBe(source.stdout);
  expect(published.stdout.length).toBeGreaterThan(10_000);
});

test('it applies policies to a real Caddy', async () => {
  const caddy = await startCaddy({ caddyPath: inject('caddyPath') });
  try {
    const port = await freePort();
    await writeFile(
      join(folder, 'app.yaml'),
      `sites:\n  app.example.com: { tls: off, listen: "127.0.0.1:${port}", respond: published }\n`,
    );
    const { code, stderr } = await start(['apply', 'app.yaml', '--yes', '--admin', caddy.address]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect((await http1({ host: 'app.example.com', port })).body).toBe('published');
  } finally {
    await caddy.stop();
  }
});

test('who installs it gets no other package and no install script', async () => {
  const published = JSON.parse(await readFile(join(bundle, 'package.json'), 'utf8')) as object;
  expect(Object.keys(published).toSorted()).toEqual(['bin', 'description', 'engines', 'license', 'name', 'version']);
});

test('what was compiled is kept in a home that nobody else writes to, and nowhere else', async () => {
  const cache = join(folder, '.cache');
  await rm(cache, { recursive: true, force: true });
  await chmod(folder, 0o777);
  await start(['version']);
  await expect(readdir(cache)).rejects.toThrow('ENOENT');
  await chmod(folder, 0o700);
  await start(['version']);
  expect(await readdir(join(cache, 'caddyctl/compiled'))).toHaveLength(1);
});

test('a Node that is too old is told, without a stack', async () => {
  const preload = join(folder, 'old.cjs');
  await writeFile(preload, "Object.defineProperty(process.versions, 'node', { value: '20.20.2' });");
  const { code, stderr } = await start(['--help'], ['--require', preload]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'caddyctl needs Node 22.22 or newer, and this is Node 20.20.2.\n',
  });
});
