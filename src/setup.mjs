// The first step of `npm start` and `npm test`. It runs before anything is installed, on the Node that the machine has:
// plain JavaScript for Node 20, and nothing but Node's own modules.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// The optional package `node` brings a newer Node and links it here, where `npm run` looks first.
const ownNode = join(root, 'node_modules', '.bin', 'node');

const ciOptions = [
  '--include=dev',
  '--include=optional',
  '--no-audit',
  '--no-fund',
  '--no-progress',
  '--no-update-notifier',
  // The packages need a newer Node than the machine's may be: one of them brings it.
  '--engine-strict=false',
  '--loglevel=error',
];

class SetupFailed extends Error {}

try {
  setUp();
} catch (error) {
  if (!(error instanceof SetupFailed)) throw error;
  say(error.message);
  process.exitCode = 1;
}

function setUp() {
  const complete = isInstalled();
  if (!complete) install();
  if (nodeIsGood()) return;
  // npm takes no notice when an optional package does not come, be it for a moment's network fault: try once more.
  if (complete) {
    install();
    if (nodeIsGood()) return;
  }
  throw new SetupFailed(noGoodNode());
}

/** Whether node_modules is what the lock file says. npm writes its own list there last, so a broken install has none. */
function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf(join('node_modules', '.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  const same = (a, b) => a.version === b.version && a.integrity === b.integrity;
  return (
    Object.entries(wanted).every(([path, want]) => {
      const have = present[path];
      if (path === '') return true;
      // What is made for another platform is in the lock file and not on this machine.
      return have === undefined ? want.optional === true || want.devOptional === true : same(want, have);
    }) && Object.keys(present).every((path) => wanted[path] !== undefined)
  );
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function install() {
  say('installing the packages that package-lock.json names (npm ci) …');
  const done = npm(['ci', ...ciOptions]);
  if (done.error !== undefined) throw new SetupFailed(`npm could not be started: ${done.error.message}.`);
  if (done.signal !== null) throw new SetupFailed(`npm ci was interrupted (${done.signal}).`);
  if (done.status !== 0) {
    throw new SetupFailed(`npm ci failed, so the packages are not all there. npm says:\n${complaint(done.stderr)}`);
  }
}

/** The npm that started us, which need not be the one on the PATH. Other package managers set the same variable. */
function npm(args) {
  const cli = process.env.npm_execpath ?? '';
  const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 };
  // `node` is looked up anew, as npm ci may have removed the very one that we run on.
  return basename(cli) === 'npm-cli.js' ? spawnSync('node', [cli, ...args], options) : spawnSync('npm', args, options);
}

/** npm's first error lines without its usage, and without the names of hosts: a company's registry is nobody's business. */
function complaint(stderr) {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trimEnd())
    .filter((line) => /^\w/.test(line));
  const isLog = (line) => line.startsWith('A complete log');
  const usage = lines.findIndex((line) => line.startsWith('Usage:'));
  const errors = lines.slice(0, usage < 0 ? lines.length : usage).filter((line) => !isLog(line));
  const text = [...errors.slice(0, 8), ...lines.filter(isLog)].map((line) => `  ${line}`).join('\n');
  const hosts = stderr.matchAll(/https?:\/\/([^\s/:'"]+)|\b(?:getaddrinfo|connect) \w+ ([^\s:]+)/g);
  const withoutUrls = text.replaceAll(/https?:\/\/[^\s'"]+/g, 'the registry');
  return [...hosts].reduce((text, [, inUrl, called]) => text.replaceAll(inUrl ?? called, 'the registry'), withoutUrls);
}

/** Whether the next `npm run` will find a Node that is new enough. */
function nodeIsGood() {
  if (isEnough(versionOf(ownNode))) return true;
  // It may be there and not run: built for another C library, or its install script did not run. It would hide a good one.
  rmSync(ownNode, { force: true });
  // Not this process's version: it may be running on the one that npm ci has just removed.
  return isEnough(versionOf('node'));
}

function versionOf(node) {
  const ran = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return ran.status === 0 ? ran.stdout.trim() : undefined;
}

function isEnough(version = 'v0.0.0') {
  const [major, minor] = version.slice(1).split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 22);
}

function noGoodNode() {
  const setting = npm(['config', 'get', 'ignore-scripts']).stdout;
  const why =
    setting?.trim() === 'true'
      ? "npm's setting ignore-scripts keeps it from being unpacked"
      : 'it has no build for this machine, or it could not be fetched';
  return [
    `Node 22.22 or newer is needed, and this machine's is ${versionOf('node') ?? 'not on the PATH'}.`,
    `The optional npm package \`node\` would bring one, but did not arrive: ${why}.`,
    'Install Node 22.22 or newer (https://nodejs.org), then try again.',
  ].join('\n');
}

function say(text) {
  process.stderr.write(`caddyctl: ${text}\n`);
}
