import { fileURLToPath } from 'node:url';

/** Where this program's own package.json is, without a slash at its end. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');
