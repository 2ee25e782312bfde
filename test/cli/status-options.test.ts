import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { statusPlaceOf } from '../../src/cli/status-options.ts';

let folder: string;
let tokenFile: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'token-'));
  tokenFile = join(folder, 'token');
});
afterEach(() => rm(folder, { recursive: true }));

const wide = [':2020', '0.0.0.0:2020', '[::]:2020', '10.0.0.5:2020', '[fd00::1]:2020', 'caddy.internal:2020', '0:2020'];

test.each(wide)('%s asks for a token', async (status) => {
  await expect(statusPlaceOf({ status })).rejects.toMatchObject({
    exitCode: 64,
    hint: expect.stringContaining('--status-token-file') as string,
  });
  await writeFile(tokenFile, 'a-token-of-some-length\n');
  expect(await statusPlaceOf({ status, statusTokenFile: tokenFile })).toMatchObject({
    token: 'a-token-of-some-length',
  });
});

test.each(['127.0.0.1:2020', '127.9.9.9:2020', 'localhost:2020', '[::1]:2020', 'unix//run/s|0660'])(
  '%s does not',
  async (status) => {
    expect(await statusPlaceOf({ status })).toMatchObject({ token: undefined });
  },
);

test.each(['', 'short', 'two words of a token', 'line\nbreak-in-a-long-token', 'x'.repeat(600)])(
  '%j is no token, and is not repeated',
  async (text) => {
    await writeFile(tokenFile, text);
    const refused = await statusPlaceOf({ status: ':2020', statusTokenFile: tokenFile }).catch((error: Error) => error);
    expect(refused).toMatchObject({ exitCode: 64, message: expect.stringContaining(tokenFile) as string });
    if (text !== '') expect((refused as Error).message).not.toContain(text);
  },
);
