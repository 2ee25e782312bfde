import { fileURLToPath } from 'node:url';

/** Where an obtained Caddy is kept: in the project, out of git, away with it. */
export const cacheFolder = fileURLToPath(new URL('../../.cache/caddy', import.meta.url));
