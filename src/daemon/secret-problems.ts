import { access, constants } from 'node:fs/promises';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { systemReason } from '../files/problem.ts';
import type { SecretNeed } from './secret-needs.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What is the matter with the secrets. Caddy would take most of it in silence and then let nobody in, or refuse the whole
 * config. Values are looked at and never shown.
 */
export async function secretProblems(needs: readonly SecretNeed[], env: Environment): Promise<Diagnostic[]> {
  const found = await Promise.all(needs.map((need) => problemOf(need, env)));
  return found.flatMap((each) => each ?? []);
}

/** Whether the variable that this secret stands in is not set; an empty one counts as not set. */
export function isUnset({ secret }: SecretNeed, env: Environment): boolean {
  return 'env' in secret && (env[secret.env] ?? '') === '';
}

// `$2b$12$` and 53 characters of salt and hash.
const bcryptHash = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;

async function problemOf(need: SecretNeed, env: Environment): Promise<Diagnostic | undefined> {
  const { secret, kind, place } = need;
  if ('file' in secret) {
    try {
      await access(secret.file, constants.R_OK);
      return undefined;
    } catch (error) {
      const message = `the secret's file ${secret.file} cannot be read: ${systemReason(error)}`;
      return {
        code: 'secret-file',
        severity: 'error',
        message,
        hint: 'Caddy runs as this user and must be able to',
        place,
      };
    }
  }
  const make = kind === 'hash' ? ', to what `caddyctl hash-password` prints' : '';
  if (isUnset(need, env)) {
    const message = `the variable ${secret.env}, which holds a secret, is not set`;
    const hint = `set it${make}; with --local one is made up for the run`;
    return { code: 'secret-unset', severity: 'error', message, hint, place };
  }
  if (kind === 'hash' && !bcryptHash.test(env[secret.env] ?? '')) {
    const message = `the variable ${secret.env} does not hold a bcrypt hash`;
    return { code: 'secret-not-a-hash', severity: 'error', message, hint: `set it${make}`, place };
  }
  return undefined;
}
