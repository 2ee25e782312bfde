import { canonical, isJsonObject } from '../caddy/json.ts';
import type { Conflict } from './conflict.ts';
import type { Clash } from './scope.ts';
import { foreignSide } from './sides.ts';

/** What the overlay could not put in, because a foreign value stands there. */
export function clashConflicts(clashes: readonly Clash[]): Conflict[] {
  return clashes.map(({ path, live, desired }): Conflict => {
    const name = path.at(-1) ?? '';
    const [kind, what] = KINDS[path.slice(0, -1).join('/')] ?? ['setting', path.slice(1).join('.')];
    const label = kind === 'setting' ? what : `${what} "${name}"`;
    if (kind === 'setting' && !isJsonObject(live) && !isJsonObject(desired)) {
      const message = `the policies want ${what} to be ${canonical(desired)}, and somebody else has set it to ${canonical(live)}`;
      return { kind, message, takes: [{ path, what: `${what} ${canonical(live)}, which somebody else has set` }] };
    }
    const other = kind === 'setting' ? foreignSide(what, '', live) : foreignSide(what, name, live);
    const message = `the policies want a ${label} of their own, and there is ${other}`;
    return { kind, message, takes: [{ path, what: other }] };
  });
}

const KINDS: Readonly<Record<string, [Conflict['kind'], string]>> = {
  'apps/http/servers': ['name', 'server'],
  'apps/pki/certificate_authorities': ['name', 'certificate authority'],
  'logging/logs': ['log', 'log'],
};
