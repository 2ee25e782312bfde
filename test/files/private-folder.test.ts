import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FolderUnusable, privateFolder } from '../../src/files/private-folder.ts';

test('is made with all that is above it, by several at once', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'caddyctl-private-')), 'a/b/c');
  await Promise.all([privateFolder(folder), privateFolder(folder), privateFolder(join(folder, '../d'))]);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('is said to be unusable where none can be made', async () => {
  await expect(privateFolder('/proc/self/caddyctl/state')).rejects.toBeInstanceOf(FolderUnusable);
});
