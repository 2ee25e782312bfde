import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Sandbox extends AsyncDisposable {
  readonly folder: string;
  /** Does not exist at first. */
  readonly cacheFolder: string;
  /** What was said, line by line. */
  readonly said: string[];
  readonly say: (line: string) => void;
  /** An environment whose PATH is the sandbox's `bin` alone. */
  readonly env: NodeJS.ProcessEnv;
  /** Puts a shell script onto the PATH, or at `path` within the sandbox; returns where it is. */
  readonly script: (name: string, body: string) => Promise<string>;
  /** A text file within the sandbox, '' if there is none. */
  readonly read: (name: string) => Promise<string>;
}

/** A temporary folder with a PATH of its own, so that the machine's own commands do not take part. */
export async function openSandbox(): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'caddyctl-binary-'));
  await mkdir(join(folder, 'bin'));
  const said: string[] = [];
  return {
    folder,
    cacheFolder: join(folder, 'cache'),
    said,
    say: (line) => void said.push(line),
    env: { PATH: join(folder, 'bin'), SANDBOX: folder },
    async script(name, body) {
      const path = join(folder, name.includes('/') ? name : `bin/${name}`);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, `#!/bin/sh\nPATH=/usr/bin:/bin\n${body}\n`);
      await chmod(path, 0o755);
      return path;
    },
    read: (name) => readFile(join(folder, name), 'utf8').catch(() => ''),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** The body of a script that stands in for Caddy. */
export function printing(version: string): string {
  return `[ "$1" = version ] && echo '${version}'`;
}

/** A line of shell that leaves such a Caddy at the path that it names. */
export function leaving(path: string, version: string): string {
  return `printf '%s\\n' '#!/bin/sh' 'echo ${version}' > "${path}" && chmod 755 "${path}"`;
}

/** The process id that a script wrote into a file. Throws if there is none: 0 would stand for this whole process group. */
export async function pidIn(box: Sandbox, name: string): Promise<number> {
  const text = await box.read(name);
  if (!/^[1-9]\d+\n$/.test(text)) throw new Error(`no process id in ${name}: ${JSON.stringify(text)}`);
  return Number(text);
}
