import type { Place } from '../diagnostics/position.ts';
import type { Model, Site } from '../ir/model.ts';
import { type Origin, placeOf, within } from '../ir/origin.ts';
import type { Secret } from '../policy/schema/scalars.ts';
import { nodeAt } from '../policy/tree.ts';

/** A secret that a policy's auth names, and what it lets in. */
export interface SecretNeed {
  readonly secret: Secret;
  /** `hash`: of a password, for this user; `token`: a bearer token. */
  readonly kind: 'hash' | 'token';
  readonly user?: string;
  /** The sites where it counts. */
  readonly hosts: readonly string[];
  readonly place: Place;
}

/** The secrets that Caddy must find, each place of a policy once. */
export function secretNeeds({ sites }: Model): SecretNeed[] {
  const needs = new Map<string, SecretNeed>();
  for (const site of sites) {
    for (const need of needsOf(site)) {
      const { file, range } = need.place;
      const key = JSON.stringify([file.path, range.start, range.end, need.user]);
      const known = needs.get(key);
      needs.set(key, known === undefined ? need : { ...known, hosts: [...new Set([...known.hosts, ...site.hosts])] });
    }
  }
  return [...needs.values()];
}

function needsOf(site: Site): SecretNeed[] {
  const { hosts } = site;
  const all = [site.modifiers, ...site.routes.map(({ modifiers }) => modifiers)];
  return all.flatMap(({ auth }): SecretNeed[] => {
    if (auth === undefined) return [];
    const { value, origin } = auth;
    const users = Object.entries(value.basic?.users ?? {}).map(([user, secret]): SecretNeed => {
      return {
        secret,
        kind: 'hash',
        user,
        hosts,
        place: placeOfSecret(within(origin, 'basic', 'users', user), secret),
      };
    });
    const list = within(origin, 'bearer');
    const isList = nodeAt(list.root, list.path)?.kind === 'list';
    const tokens = (value.bearer ?? []).map((secret, index): SecretNeed => {
      return { secret, kind: 'token', hosts, place: placeOfSecret(isList ? within(list, index) : list, secret) };
    });
    return [...users, ...tokens];
  });
}

function placeOfSecret(origin: Origin, secret: Secret) {
  return placeOf(within(origin, 'env' in secret ? 'env' : 'file'), 'value');
}
