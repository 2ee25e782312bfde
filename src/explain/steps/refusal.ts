import type { Modifiers } from '../../ir/model.ts';
import type { Refusal } from '../answer.ts';

/** An error of Caddy's as the client gets it: by the site's page for this status, or else for its class. */
export function refusal(error: number, { errors }: Pick<Modifiers, 'errors'>): Refusal {
  const found = errors.get(String(error)) ?? errors.get(`${String(error).charAt(0)}xx`);
  if (found === undefined) return { error, status: error };
  const { value: page, origin } = found;
  if ('redirect' in page) return { error, status: page.status, location: page.redirect, page: origin };
  const status = ('status' in page ? page.status : undefined) ?? error;
  return { error, status, body: page.body, page: origin };
}
