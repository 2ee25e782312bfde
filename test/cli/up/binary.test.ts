import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import { Failure } from '../../../src/cli/failure.ts';
import { caddyBinary } from '../../../src/cli/up/binary.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'binary-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function failureOf(env: NodeJS.ProcessEnv, obtain: boolean): Promise<Failure> {
  const wanted = {
    obtain,
    env,
    cacheFolder: join(folder, 'cache'),
    say: () => {},
    signal: new AbortController().signal,
  };
  const error: unknown = await caddyBinary(wanted).catch((thrown: unknown) => thrown);
  if (error instanceof Failure) return error;
  throw error;
}

test('there is none: what to do', async () => {
  const { exitCode, message, hint } = await failureOf({ PATH: folder }, false);
  expect(exitCode).toBe(exitCodes.unreachable);
  expect(message).toContain('there is no Caddy to start');
  expect(hint).toMatch(/install Caddy .* CADDY_BIN .*--obtain/);
});

test('none can be obtained: why each way failed, in one line', async () => {
  // In place of a folder the cache cannot be made.
  await writeFile(join(folder, 'cache'), '');
  const { exitCode, message, hint } = await failureOf({ PATH: folder }, true);
  expect(exitCode).toBe(exitCodes.unreachable);
  expect(message).toMatch(/^no Caddy could be obtained: .*cache/);
  expect(message).not.toContain('\n');
  expect(hint).toContain('install Caddy');
});

test('the one that the operator chose cannot be used: no other is taken', async () => {
  const chosen = join(folder, 'mine');
  await writeFile(chosen, '#!/bin/sh\necho v2.4.6\n');
  await chmod(chosen, 0o755);
  const { exitCode, message } = await failureOf({ PATH: process.env['PATH'], CADDY_BIN: chosen }, true);
  expect(exitCode).toBe(exitCodes.unreachable);
  expect(message).toContain(`CADDY_BIN is ${chosen}`);
});
