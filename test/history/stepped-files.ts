import type { FileHandle } from 'node:fs/promises';
import { type FileSystem, systemFiles } from '../../src/files/file-system.ts';

/** The machine's files, with `step` told before each operation; what it throws is what the operation rejects with. */
export function steppedFiles(step: (operation: string) => void): FileSystem {
  const stepped = <Args extends unknown[], Result>(name: string, operation: (...args: Args) => Promise<Result>) => {
    return async (...args: Args): Promise<Result> => {
      step(name);
      return await operation(...args);
    };
  };
  const { chmod, lstat, mkdir, open, readdir, readFile, rename, unlink } = systemFiles;
  return {
    chmod: stepped('chmod', chmod),
    lstat: stepped('lstat', lstat),
    mkdir: stepped('mkdir', mkdir),
    readdir: stepped('readdir', readdir),
    readFile: stepped('readFile', readFile),
    rename: stepped('rename', rename),
    unlink: stepped('unlink', unlink),
    open: async (path, ...rest) => {
      step('open');
      return steppedHandle(await open(path, ...rest), step);
    },
  } as FileSystem;
}

/** A text is written in two halves, so that what ends between them leaves a torn file. */
function steppedHandle(handle: FileHandle, step: (operation: string) => void): FileHandle {
  const writeFile = async (text: string): Promise<void> => {
    step('write');
    const half = Math.floor(text.length / 2);
    await handle.writeFile(text.slice(0, half));
    step('write on');
    await handle.writeFile(text.slice(half));
  };
  return new Proxy(handle, {
    get(target, key) {
      if (key === 'writeFile') return writeFile;
      if (key === 'close') return () => target.close();
      if (key === 'sync') {
        return async () => {
          step('sync');
          await target.sync();
        };
      }
      return Reflect.get(target, key);
    },
  });
}
