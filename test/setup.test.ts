import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';

const installing = 'caddyctl: installing the packages that package-lock.json names (npm ci) …\n';

const lock = {
  '': { name: 'caddyctl', version: '0.1.0' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/for-others': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};
type Lock = Record<string, { version: string; integrity?: string; optional?: boolean; name?: string }>;

/** What stands in for npm: notes each call, and `ci` does what `pretend.json` says. */
const pretendNpm = `
const fs = require('node:fs');
const pretend = JSON.parse(fs.readFileSync('pretend.json', 'utf8'));
fs.appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n');
if (process.argv[2] === 'config') process.stdout.write(pretend.ignoreScripts ? 'true\\n' : 'false\\n');
else if (pretend.error) {
  process.stderr.write(pretend.error);
  process.exit(1);
} else {
  fs.rmSync('node_modules', { recursive: true, force: true });
  fs.mkdirSync('node_modules/.bin', { recursive: true });
  const { packages } = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
  const present = Object.entries(packages).filter(([path, { optional }]) => path !== '' && !optional);
  fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: Object.fromEntries(present) }));
  if (pretend.ownNode) fs.writeFileSync('node_modules/.bin/node', pretend.ownNode, { mode: 0o755 });
}
`;

interface Pretend {
  readonly error?: string;
  readonly ownNode?: string;
  readonly ignoreScripts?: boolean;
}

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'caddyctl-setup-'));
  await mkdir(join(root, 'src'));
  await mkdir(join(root, 'machine'));
  await copyFile(new URL('../src/setup.mjs', import.meta.url), join(root, 'src/setup.mjs'));
  await writeFile(join(root, 'npm-cli.js'), pretendNpm);
  await writeLock(lock);
  await machineNode('v24.21.0');
  await pretend({});
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function writeLock(packages: Lock): Promise<void> {
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages }));
}

async function pretend(what: Pretend): Promise<void> {
  await writeFile(join(root, 'pretend.json'), JSON.stringify(what));
}

/** A Node that claims this version. */
function nodeOf(version: string): string {
  return `#!/bin/sh\n[ "$1" = --version ] && { echo ${version}; exit; }\nexec '${process.execPath}' "$@"\n`;
}

async function machineNode(version: string): Promise<void> {
  await writeFile(join(root, 'machine/node'), nodeOf(version));
  await chmod(join(root, 'machine/node'), 0o755);
}

/** Runs the set-up from another folder, as `npm run` would; the calls are npm's arguments, of this run alone. */
async function setUp(env: NodeJS.ProcessEnv = { npm_execpath: join(root, 'npm-cli.js') }) {
  await rm(join(root, 'calls'), { force: true });
  const child = spawn(process.execPath, [join(root, 'src/setup.mjs')], {
    cwd: tmpdir(),
    env: { PATH: `${join(root, 'node_modules/.bin')}:${join(root, 'machine')}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const calls = await readFile(join(root, 'calls'), 'utf8').catch(() => '');
  return { stdout, stderr, code: code as number, calls: calls.split('\n').slice(0, -1) };
}

const nothingToDo = { stdout: '', stderr: '', code: 0, calls: [] };
const installed = {
  stdout: '',
  stderr: installing,
  code: 0,
  calls: [expect.stringMatching(/^ci --include=dev --include=optional .*--engine-strict=false --loglevel=error$/)],
};

test('the first time installs, the second does nothing', async () => {
  expect(await setUp()).toEqual(installed);
  expect(await setUp()).toEqual(nothingToDo);
});

test.each<[string, Lock]>([
  ['has another version', { ...lock, 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }],
  ['has another integrity', { ...lock, 'node_modules/a': { version: '1.0.0', integrity: 'sha512-c' } }],
  ['has one package more', { ...lock, 'node_modules/b': { version: '1.0.0', integrity: 'sha512-b' } }],
  ['has one package less', { '': lock[''] }],
])('a lock file that %s is installed anew', async (_what, changed) => {
  await setUp();
  await writeLock(changed);
  expect(await setUp()).toEqual(installed);
  expect(await setUp()).toEqual(nothingToDo);
});

test('an install that was broken off is done again', async () => {
  await setUp();
  await rm(join(root, 'node_modules/.package-lock.json'));
  expect(await setUp()).toEqual(installed);
});

test("npm's failure is told without the registry's host", async () => {
  const error = [
    'npm error code ENOTFOUND',
    'npm error network request to https://npm.corp.example/a failed, reason: getaddrinfo ENOTFOUND npm.corp.example',
    "npm error     at Socket.<anonymous> (node:net:1:2) { host: 'npm.corp.example' }",
    'npm error Usage:',
    'npm error npm ci',
    'npm error A complete log of this run can be found in: /home/me/log',
    '',
  ];
  await pretend({ error: error.join('\n') });
  const { stderr, code } = await setUp();
  expect(code).toBe(1);
  expect(stderr).toBe(`${installing}caddyctl: npm ci failed, so the packages are not all there. npm says:
  code ENOTFOUND
  network request to the registry failed, reason: getaddrinfo ENOTFOUND the registry
  A complete log of this run can be found in: /home/me/log
`);
});

test('without an npm', async () => {
  const { stderr, code } = await setUp({});
  expect(code).toBe(1);
  expect(stderr).toMatch(/npm could not be started: .*ENOENT/);
});

test('the Node that came as a package is enough, however old the other one is', async () => {
  await machineNode('v20.20.2');
  await pretend({ ownNode: nodeOf('v24.21.0') });
  expect(await setUp()).toEqual(installed);
  expect(await setUp()).toEqual(nothingToDo);
});

test('a Node that came as a package and does not run is taken out of the way of a good one', async () => {
  await pretend({ ownNode: '\u007fELF of another C library' });
  expect(await setUp()).toEqual(installed);
  await expect(access(join(root, 'node_modules/.bin/node'))).rejects.toThrow('ENOENT');
  expect(await setUp()).toEqual(nothingToDo);
});

test.each([
  ['v20.20.2', false],
  ['v22.21.9', false],
  ['v22.22.0', true],
  ['v23.0.0', true],
])('a machine that has only Node %s: good enough is %s', async (version, good) => {
  await machineNode(version);
  const first = await setUp();
  expect(first.code).toBe(good ? 0 : 1);
  if (good) return;
  expect(first.stderr).toBe(`${installing}caddyctl: Node 22.22 or newer is needed, and this machine's is ${version}.
The optional npm package \`node\` would bring one, but did not arrive: it has no build for this machine, or it could not be fetched.
Install Node 22.22 or newer (https://nodejs.org), then try again.
`);
  // The next try is a real one: the network may be back.
  await pretend({ ownNode: nodeOf('v24.21.0') });
  expect(await setUp()).toEqual(installed);
});

test("npm's setting ignore-scripts is named as the reason", async () => {
  await machineNode('v20.20.2');
  await pretend({ ignoreScripts: true });
  expect((await setUp()).stderr).toContain("npm's setting ignore-scripts keeps it from being unpacked");
});
