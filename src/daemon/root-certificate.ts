import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a Caddy with this environment keeps the root of its internal CA. Caddy's own rule, from its storage.go. */
export function rootCertificatePath(env: Environment): string {
  const home = env['HOME'] ?? homedir();
  const usual =
    process.platform === 'darwin' ? join(home, 'Library/Application Support/Caddy') : join(home, '.local/share/caddy');
  const given = env['XDG_DATA_HOME'] ?? '';
  return join(given === '' ? usual : join(given, 'caddy'), 'pki/authorities/local/root.crt');
}

/** PEM, or undefined while Caddy has not made it. */
export async function readRootCertificate(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  // Caddy may be writing it at this moment.
  return text.includes('END CERTIFICATE') ? text : undefined;
}
