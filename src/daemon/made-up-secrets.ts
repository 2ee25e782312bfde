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

export interface MadeUpSecretsParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** bcrypt. */
  readonly hash: (password: string) => Promise<string>;
  /** Keeps what Caddy compares with, and gives the file where it does. */
  readonly keep: (variable: string, text: string) => Promise<string>;
}

export interface MadeUpSecrets {
  /** Makes up what is unset, once each, and tells how to come in by all that these need. */
  makeUp(needs: readonly SecretNeed[]): Promise<readonly MadeUpSecret[]>;
  /** By the variable in whose place they stand: a Caddy that runs gets no new variables, and it can read new files. */
  files(): ReadonlyMap<string, string>;
}

export function createMadeUpSecrets({ env, hash, keep }: MadeUpSecretsParts): MadeUpSecrets {
  const plain = new Map<string, string>();
  const files = new Map<string, string>();

  async function textOf(variable: string, kind: SecretNeed['kind']): Promise<string> {
    const known = plain.get(variable);
    if (known !== undefined) return known;
    const text = randomBytes(12).toString('base64url');
    files.set(variable, await keep(variable, kind === 'hash' ? await hash(text) : text));
    plain.set(variable, text);
    return text;
  }

  return {
    async makeUp(needs) {
      const secrets: MadeUpSecret[] = [];
      for (const need of needs) {
        if (!('env' in need.secret) || !isUnset(need, env)) continue;
        const variable = need.secret.env;
        const text = await textOf(variable, need.kind);
        const login =
          need.user === undefined
            ? { kind: 'bearer' as const, token: text }
            : { kind: 'basic' as const, user: need.user, password: text };
        secrets.push({ variable, hosts: need.hosts, login });
      }
      return secrets;
    },
    files: () => new Map(files),
  };
}
