import { execFile, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layOutBase } from './image-base.ts';

const root = join(import.meta.dirname, '../..');

/** caddyctl's image, built from `docker/Dockerfile` and unpacked. */
export interface Image {
  /** Its files. */
  readonly files: string;
  readonly config: ImageConfig;
  /** Runs a program in it as its user: the root read-only, /tmp in memory, nothing that could be gained. `binds`: folders of this machine by where they are mounted. */
  run(command: readonly string[], options?: RunOptions): ImageRun;
  remove(): Promise<void>;
}

export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly StopSignal: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly Healthcheck?: { readonly Test: readonly string[] };
}

export interface RunOptions {
  readonly binds?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ImageRun {
  kill(signal: NodeJS.Signals): void;
  said(): string;
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Why no image can be built here; undefined where one can. */
export function whyNoImage(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'root on Linux is needed';
  try {
    execFileSync('buildah', ['--version'], { stdio: 'ignore' });
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'buildah is needed, and the right to mount: apt-get install buildah';
  }
}

/** Builds it without a daemon and without a registry of images. npm's is asked, with this machine's settings. */
export async function buildImage(): Promise<Image> {
  const folder = await mkdtemp(join(tmpdir(), 'caddyctl-image-'));
  try {
    return await built(folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function built(folder: string): Promise<Image> {
  const buildah = async (...args: readonly string[]): Promise<string> => {
    const storage = ['--storage-driver', 'vfs', '--root', join(folder, 'storage'), '--runroot', join(folder, 'run')];
    return await said('buildah', [...storage, ...args]);
  };
  for (const kind of ['full', 'bare'] as const) {
    await layOutBase(join(folder, kind), kind);
    const container = await buildah('from', 'scratch');
    await buildah('copy', '-q', container, join(folder, kind), '/');
    await buildah('commit', '-q', '--rm', container, `localhost/${kind}`);
  }
  const settings = join(folder, 'npmrc');
  await writeFile(settings, await npmSettings(), { mode: 0o600 });
  const bases = ['--build-arg', 'NODE_IMAGE=localhost/full', '--build-arg', 'RUNTIME_IMAGE=localhost/bare'];
  const build = ['--isolation', 'chroot', '--format', 'docker', '--file', join(root, 'docker/Dockerfile'), ...bases];
  await buildah('bud', ...build, '--secret', `id=npmrc,src=${settings}`, '--tag', 'localhost/caddyctl', root);
  const container = await buildah('from', 'localhost/caddyctl');
  const files = await buildah('mount', container);
  const about = JSON.parse(await buildah('inspect', '--type', 'image', 'localhost/caddyctl')) as {
    readonly Docker: { readonly config: ImageConfig };
  };
  const { config } = about.Docker;
  return {
    files,
    config,
    run: (command, options = {}) => runIn(files, config, command, options),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The registry and what it needs, as a file for the build. Never told to anybody. */
async function npmSettings(): Promise<string> {
  const names = ['registry', 'proxy', 'https-proxy'];
  const values = await Promise.all(names.map((name) => said('npm', ['config', 'get', name])));
  const lines = names.flatMap((name, index) => (values[index] === 'null' ? [] : [`${name}=${values[index]}\n`]));
  return ['cafile=/etc/ssl/certs/ca-certificates.crt\n', ...lines].join('');
}

async function said(program: string, args: readonly string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  execFile(program, [...args], { cwd: root, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
    if (error === null) return resolve(stdout.trim());
    // What npm says names its registry, and the error all arguments.
    const told = `${stdout}${stderr}`.replaceAll(/https?:\/\/\S+/g, 'the registry').slice(-4_000);
    reject(new Error(`${program} failed:\n${told}`));
  });
  return await promise;
}

/** Within namespaces of its own, whose mounts go with it, and where it is process 1, which gets no signal that it does not ask for. */
const script = `
set -e
files=$1; shift
mount --bind "$files" "$files"
mount -t tmpfs tmpfs "$files/tmp"
mount -t proc proc "$files/proc"
while [ "$1" != -- ]; do mount --bind "$2" "$files$1"; shift 2; done
shift
mount -o remount,bind,ro "$files"
exec setpriv --no-new-privs chroot --userspec="$RUN_AS" --groups= "$files" "$@"
`;

function runIn(
  files: string,
  config: ImageConfig,
  command: readonly string[],
  { binds = {}, env = {} }: RunOptions,
): ImageRun {
  const mounts = Object.entries(binds).flat();
  const places = [...Object.keys(binds), '/proc'].map((place) => join(files, place));
  execFileSync('mkdir', ['-p', ...places]);
  const child = spawn(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script, 'sh', files, ...mounts, '--', ...command],
    {
      env: { ...Object.fromEntries(config.Env.map((line) => line.split(/=(.*)/s, 2))), ...env, RUN_AS: config.User },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? -1));
  });
  const kill = (signal: NodeJS.Signals): void => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    process.kill(Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')), signal);
  };
  return { kill, said: () => said, ended };
}

/** A folder as a container's volume. */
export async function volume(
  path: string,
  { owner, mode }: { readonly owner: readonly [number, number]; readonly mode: number },
): Promise<string> {
  await mkdir(path, { recursive: true });
  await chown(path, ...owner);
  await chmod(path, mode);
  return path;
}
