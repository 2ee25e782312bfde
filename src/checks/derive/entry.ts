import type { Modifiers } from '../../ir/model.ts';
import type { Secret } from '../../policy/schema/scalars.ts';
import type { Ask, Credential } from '../check.ts';
import { type Spot, wayOf } from './spot.ts';

/** A request with what it needs to come in, or why it cannot. */
export type Entry = { readonly ask: Ask } | { readonly reason: string };

/** Adds the credential that the request's route asks for. */
export function admitted(spot: Spot, ask: Ask): Entry {
  const way = wayOf(spot, ask);
  if (way === undefined) return { reason: 'which route takes it only Caddy can tell' };
  const shut = way.steps.find(({ kind, verdict }) => kind.endsWith('_from') && verdict === 'ends');
  if (shut) return { reason: `this client is kept out: ${shut.says}` };
  const modifiers = way.route?.modifiers;
  if (modifiers?.auth === undefined || !way.steps.some(({ kind, verdict }) => kind === 'auth' && verdict !== 'passes'))
    return { ask };
  const credential = credentialOf(modifiers);
  return 'reason' in credential ? credential : { ask: { ...ask, credential } };
}

/** The first of what is let in. */
export function credentialOf({ auth }: Pick<Modifiers, 'auth'>): Credential | { readonly reason: string } {
  const { basic, bearer, forward } = auth?.value ?? {};
  const [token] = bearer ?? [];
  if (token) return { kind: 'bearer', variable: variableOf(token), needed: true };
  const [user] = Object.entries(basic?.users ?? {});
  if (user) return { kind: 'basic', user: user[0], variable: variableOf(user[1]), needed: true };
  if (forward) return { reason: 'what its auth service takes for a credential is not known here' };
  return { reason: 'a client certificate is needed' };
}

/** `CADDYCTL_CHECK_` and the secret's own name: there the secret is, or the password that it is the hash of. */
function variableOf(secret: Secret): string {
  const name = 'env' in secret ? secret.env : (secret.file.split('/').at(-1) ?? '');
  return `CADDYCTL_CHECK_${name.toUpperCase().replace(/[^A-Z0-9_]/g, '_')}`;
}
