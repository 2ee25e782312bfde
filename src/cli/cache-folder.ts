import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, sep } from 'node:path';
import { projectFolder } from './project-folder.ts';

/**
 * Where an obtained Caddy is kept: in a clone within it, out of git and away with it; for an installed program, whose folder
 * is not this user's or goes with each update, in `$XDG_CACHE_HOME/caddyctl`.
 */
export function cacheFolder(
  env: Readonly<Record<string, string | undefined>>,
  project: string = projectFolder,
): string {
  if (!project.split(sep).includes('node_modules') && isWritable(project)) return join(project, '.cache', 'caddy');
  const given = env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(given) ? given : join(env['HOME'] ?? homedir(), '.cache'), 'caddyctl');
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
