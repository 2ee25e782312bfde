import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Provisioned = { readonly ok: true } | { readonly ok: false; readonly complaint: string };

const timeoutMs = 120_000;
const mostOutput = 16 * 1024 * 1024;

/**
 * Lets a Caddy of its own set up every module of a config as it is, without starting it: no port is opened, no certificate
 * asked for, nothing of a running Caddy touched. The complaint is Caddy's own, on one line.
 * Rejects when Caddy cannot be run or does not end in time.
 */
export async function provisionConfig(
  caddyPath: string,
  config: object,
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal?: AbortSignal },
): Promise<Provisioned> {
  const folder = await mkdtemp(join(tmpdir(), 'caddyctl-provision-'));
  try {
    const file = join(folder, 'config.json');
    await writeFile(file, withStandIns(JSON.stringify(config), env), { mode: 0o600 });
    // With folders of its own it neither reads nor makes a CA or a certificate of the operator's.
    const ownFolders = { HOME: folder, XDG_DATA_HOME: join(folder, 'data'), XDG_CONFIG_HOME: join(folder, 'config') };
    return await validate(caddyPath, file, { ...env, ...ownFolders }, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// The bcrypt hash of "stand-in": a hash is the one secret whose form Caddy looks at.
const standIn = '$2b$04$Iyhd0VD8lQWDA2bi1hGg6.3BzYWqh4bb6dUMD7CyjRlqBybB1Znfy';

/**
 * Secrets are placeholders for Caddy's own environment and files, which this machine may rightly lack: what is not here gets
 * a value that is well formed everywhere. A placeholder behind a backslash is literal text.
 */
function withStandIns(text: string, env: NodeJS.ProcessEnv): string {
  return text.replaceAll(/(?<!\\)\{(env|file)\.([^{}"\\]+)\}/g, (placeholder, kind: string, name: string) => {
    const present = kind === 'env' ? env[name] !== undefined : existsSync(name);
    return present ? placeholder : standIn;
  });
}

async function validate(
  caddyPath: string,
  file: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<Provisioned> {
  const options = { env, maxBuffer: mostOutput, timeout: timeoutMs, ...(signal !== undefined && { signal }) };
  return await new Promise((resolve, reject) => {
    execFile(caddyPath, ['validate', '--config', file], options, (error, _stdout, stderr) => {
      if (error === null) {
        resolve({ ok: true });
      } else if (typeof error.code === 'number') {
        resolve({ ok: false, complaint: complaintIn(stderr) });
      } else {
        reject(
          error.killed === true ? new Error(`${caddyPath} validate took longer than ${timeoutMs / 1000} s`) : error,
        );
      }
    });
  });
}

/** What follows Caddy's log lines, which are JSON. */
function complaintIn(stderr: string): string {
  const words = stderr.split('\n').filter((line) => !line.startsWith('{"level"'));
  return words
    .map((line) => line.trim())
    .join(' ')
    .trim()
    .replace(/^Error: /, '');
}
