import * as system from 'node:fs/promises';

/** What must survive a fault in any of its steps asks for files through this, so that tests can fail or end each of them. */
export type FileSystem = Pick<
  typeof system,
  'chmod' | 'lstat' | 'mkdir' | 'open' | 'readdir' | 'readFile' | 'rename' | 'unlink'
>;

export const systemFiles: FileSystem = system;
