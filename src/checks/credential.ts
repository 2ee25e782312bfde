import type { Ask, Credential } from './check.ts';
import type { Reach } from './where.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The request with its credential in it, or why it must go without one. */
type Armed =
  | {
      readonly ask: Ask;
      readonly isSecret: boolean;
      /** A text of the answer without what an app may repeat of the secret. */
      readonly tellable: (text: string) => string;
    }
  | { readonly reason: string };

/** Puts in what caddyctl's environment holds. A secret never goes where others could read it. */
export function armed(ask: Ask, { near }: Pick<Reach, 'near'>, tls: boolean, env: Environment): Armed {
  const { credential } = ask;
  const open = { ask, isSecret: false, tellable: (text: string) => text };
  if (credential === undefined) return open;
  const secret = env[credential.variable] ?? '';
  if (secret !== '' && (near || tls)) return withSecret(ask, credential, secret);
  if (!credential.needed) return open;
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

function withSecret(ask: Ask, credential: Credential, secret: string): Armed {
  const encoded = encodeURIComponent(secret);
  const pair = credential.kind === 'basic' ? Buffer.from(`${credential.user}:${secret}`).toString('base64') : secret;
  const forms = [secret, encoded, pair];
  const tellable = (text: string) => forms.reduce((left, form) => left.replaceAll(form, '…'), text);
  return { ask: carrying(ask, credential, { secret, encoded, pair }), isSecret: true, tellable };
}

interface Forms {
  readonly secret: string;
  readonly encoded: string;
  readonly pair: string;
}

function carrying(ask: Ask, credential: Credential, { secret, encoded, pair }: Forms): Ask {
  const authorized = (value: string): Ask => ({ ...ask, headers: { ...ask.headers, Authorization: value } });
  switch (credential.kind) {
    case 'bearer':
      return authorized(`Bearer ${secret}`);
    case 'basic':
      return authorized(`Basic ${pair}`);
    case 'query':
      return { ...ask, target: ask.target.replace(`${credential.key}=`, () => `${credential.key}=${encoded}`) };
    default:
      return credential satisfies never;
  }
}
