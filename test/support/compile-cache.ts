import { join } from 'node:path';

/** For each caddyctl that a test starts, by the hundred: half of a start is reading the same sources. */
export const compileCache = { NODE_COMPILE_CACHE: join(import.meta.dirname, '../../.cache/node') };
