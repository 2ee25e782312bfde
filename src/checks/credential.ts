import type { Ask, Credential } from './check.ts';
import type { Reach } from './where.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The request with its credential in it, or why it must go without one. */
type Armed = { readonly ask: Ask; readonly secret?: string } | { readonly reason: string };

/** Puts in what caddyctl's environment holds. A secret never goes where others could read it. */
export function armed(ask: Ask, { near }: Pick<Reach, 'near'>, tls: boolean, env: Environment): Armed {
  const { credential } = ask;
  if (credential === undefined) return { ask };
  const secret = env[credential.variable] ?? '';
  if (secret !== '' && (near || tls)) return { ask: withSecret(ask, credential, secret), secret };
  if (!credential.needed) return { ask };
  if (secret === '') return { reason: `${credential.variable} is not set: it would be ${meaning(credential)}` };
  return { reason: 'a credential is not sent to another machine in plain http' };
}

function meaning(credential: Credential): string {
  switch (credential.kind) {
    case 'bearer':
      return 'the token';
    case 'basic':
      return `the password of "${credential.user}"`;
    case 'query':
      return `the value of "${credential.key}"`;
    default:
      return credential satisfies never;
  }
}

function withSecret(ask: Ask, credential: Credential, secret: string): Ask {
  switch (credential.kind) {
    case 'bearer':
      return withAuthorization(ask, `Bearer ${secret}`);
    case 'basic':
      return withAuthorization(ask, `Basic ${Buffer.from(`${credential.user}:${secret}`).toString('base64')}`);
    case 'query':
      return {
        ...ask,
        target: ask.target.replace(`${credential.key}=`, `${credential.key}=${encodeURIComponent(secret)}`),
      };
    default:
      return credential satisfies never;
  }
}

function withAuthorization(ask: Ask, value: string): Ask {
  return { ...ask, headers: { ...ask.headers, Authorization: value } };
}
