import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findCaddy } from '../../src/binary/find.ts';
import { obtainCaddy, oldestObtained } from '../../src/binary/obtain.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** An executable Caddy 2.11 or newer: `inject('caddyPath')`. */
    caddyPath: string;
  }
}

/** The tests against a real Caddy need 2.11: one that the machine has, else one obtained into the project's cache, once. */
export default async function requireCaddy(project: TestProject): Promise<void> {
  const cacheFolder = join(import.meta.dirname, '../../.cache/caddy');
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const found = await findCaddy({ env: process.env, cacheFolder, say, oldest: oldestObtained });
  const caddy = found ?? (await obtainCaddy({ cacheFolder, say }));
  say(`tests use Caddy ${caddy.version}: ${caddy.path}`);
  project.provide('caddyPath', caddy.path);
}
