import { randomBytes } from 'node:crypto';
import type { SecretNeed } from './secret-needs.ts';
import { isUnset } from './secret-problems.ts';

/** A secret that nobody set, made up for one run so that the policies can be tried; the only one that is ever shown. */
export interface MadeUpSecret {
  readonly variable: string;
  readonly hosts: readonly string[];
  /** How to come in with it. */
  readonly login:
    | { readonly kind: 'basic'; readonly user: string; readonly password: string }
    | { readonly kind: 'bearer'; readonly token: string };
}

export interface MadeUpSecrets {
  readonly secrets: readonly MadeUpSecret[];
  /** For Caddy's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Makes up what is unset. `hash` is bcrypt. */
export async function makeUpSecrets(
  needs: readonly SecretNeed[],
  env: Readonly<Record<string, string | undefined>>,
  hash: (password: string) => Promise<string>,
): Promise<MadeUpSecrets> {
  const plain = new Map<string, string>();
  const made: Record<string, string> = {};
  const secrets: MadeUpSecret[] = [];
  for (const need of needs) {
    if (!('env' in need.secret) || !isUnset(need, env)) continue;
    const variable = need.secret.env;
    const text = plain.get(variable) ?? randomBytes(12).toString('base64url');
    if (!plain.has(variable)) made[variable] = need.kind === 'hash' ? await hash(text) : text;
    plain.set(variable, text);
    const login =
      need.user === undefined
        ? { kind: 'bearer' as const, token: text }
        : { kind: 'basic' as const, user: need.user, password: text };
    secrets.push({ variable, hosts: need.hosts, login });
  }
  return { secrets, env: made };
}
