import { existsSync, readFileSync } from 'node:fs';
import system, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/*
 * Loaded into a caddyctl by `--import`, before anything else: ends it as `kill -9` would at one step of a write to the history.
 * Which one, such as `rename before`, is what the file $KILL_AT says; as long as there is none, nothing happens.
 */

const order = process.env['KILL_AT'] ?? '';

function isDue(step: string, path: unknown): boolean {
  if (!String(path).includes('/history') || !existsSync(order)) return false;
  return readFileSync(order, 'utf8') === step;
}

function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

function killing<A extends unknown[], R>(
  name: string,
  path: unknown,
  call: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  return async (...args) => {
    if (isDue(`${name} before`, path ?? args[0])) end();
    const result = await call(...args);
    if (isDue(`${name} after`, path ?? args[0])) end();
    return result;
  };
}

const { open, rename, unlink, mkdir } = system;

async function opened(...args: Parameters<typeof open>): Promise<FileHandle> {
  const [path, flags] = args;
  if (flags === 'r') return await open(...args);
  const handle = await open(...args);
  const write = handle.writeFile.bind(handle);
  const half = async (text: string): Promise<void> => {
    if (isDue('write half', path)) {
      await write(text.slice(0, text.length / 2));
      end();
    }
    await write(text);
  };
  return Object.assign(handle, {
    writeFile: half,
    sync: killing('sync', path, handle.sync.bind(handle)),
  });
}

Object.assign(system, {
  open: killing('open', undefined, opened),
  rename: killing('rename', undefined, rename),
  unlink: killing('unlink', undefined, unlink),
  mkdir: killing('mkdir', undefined, mkdir),
});
syncBuiltinESMExports();
