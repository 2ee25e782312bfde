import { execFile } from 'node:child_process';
import { chmod, copyFile, cp, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Lays out a root file system of what this machine has, where no registry of images can be asked. `full`: with npm, and the shell that its steps need. */
export async function layOutBase(folder: string, kind: 'full' | 'bare'): Promise<void> {
  for (const each of ['tmp', 'etc/ssl/certs', 'root', 'usr/local/bin', 'usr/local/lib/node_modules']) {
    await mkdir(join(folder, each), { recursive: true });
  }
  await chmod(join(folder, 'tmp'), 0o1777);
  await writeFile(join(folder, 'etc/passwd'), 'root:x:0:0::/root:/\n');
  await copyProgram(process.execPath, folder, '/usr/local/bin/node');
  if (kind === 'bare') return;
  for (const program of ['/bin/sh', '/usr/bin/env', '/bin/mkdir', '/bin/rm']) await copyProgram(program, folder);
  await copyFile('/etc/ssl/certs/ca-certificates.crt', join(folder, 'etc/ssl/certs/ca-certificates.crt'));
  await copyFile('/etc/resolv.conf', join(folder, 'etc/resolv.conf'));
  const { stdout: npm } = await run('sh', ['-c', 'command -v npm']);
  const npmFolder = join(await realpath(npm.trim()), '../..');
  await cp(npmFolder, join(folder, 'usr/local/lib/node_modules/npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(folder, 'usr/local/bin/npm'));
}

/** With the shared libraries that it needs. */
async function copyProgram(path: string, folder: string, to = path): Promise<void> {
  const copy = async (from: string, target: string): Promise<void> => {
    await mkdir(dirname(join(folder, target)), { recursive: true });
    await copyFile(await realpath(from), join(folder, target));
  };
  await copy(path, to);
  const { stdout } = await run('ldd', [path]);
  for (const [library] of stdout.matchAll(/\/\S+/g)) if (!library.startsWith(path)) await copy(library, library);
}
