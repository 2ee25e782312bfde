import type { Way } from '../explain/answer.ts';
import type { Upstream } from '../ir/model.ts';
import type { Effect } from './effect.ts';
import { meaningOf } from './meaning.ts';

/** The gate that a request must pass, where only Caddy can tell whether it does. */
export function authEffect({ steps, route, site }: Way): Effect | undefined {
  const step = steps.find(({ kind, verdict }) => kind === 'auth' && verdict === 'depends');
  const modifiers = (route ?? site)?.modifiers;
  const auth = modifiers?.auth?.value;
  if (step === undefined || auth === undefined) return undefined;
  const { pass: _pass, basic, bearer, forward, client_certificate: certificate } = auth;
  const seen = meaningOf({ basic, bearer, forward, certificate, by: modifiers?.authUpstream?.addresses });
  const says = basic ? 'users' : bearer ? 'tokens' : forward ? 'an auth service' : 'a client certificate';
  return { seen, says };
}

/** How the app is reached and chosen, as far as a client could notice it by time or by failure. */
export function appConnection({ route, site }: Way, { facts }: Upstream): string {
  const { balance, passive, retries, timeouts, tls, health } = facts;
  const own = (route ?? site)?.modifiers.timeouts?.value;
  return meaningOf({ balance, passive, retries, timeouts, tls, health, own });
}

/** What the client gets where an app or a file is not there. */
export function errorPages({ route, site, end }: Way): Effect | undefined {
  const statuses = end.kind === 'proxy' ? ['502', '503', '504', '5xx'] : end.kind === 'files' ? ['404', '4xx'] : [];
  const errors = (route ?? site)?.modifiers.errors;
  const pages = statuses.flatMap((status) => {
    const page = errors?.get(status)?.value;
    return page ? [[status, meaningOf(page)]] : [];
  });
  if (pages.length === 0) return undefined;
  return { seen: JSON.stringify(pages), says: `own pages for ${pages.map(([status]) => status).join(', ')}` };
}
