import { AdminError } from '../../admin/errors.ts';
import { inspect } from '../../admin/inspect.ts';
import type { AdminPlace } from '../open-admin.ts';
import { origins } from './browser.ts';
import { debugging } from './debug.ts';
import type { AdminFacts } from './facts.ts';
import { type Finding, problem } from './finding.ts';
import { foreignHost, listener } from './listener.ts';
import { clock, disk } from './machine.ts';
import { remote } from './remote.ts';
import { socketPermissions } from './socket.ts';
import { stateFolder } from './state-folder.ts';
import { versions } from './version.ts';

export interface Examined {
  /** Undefined where Caddy was not reached. */
  readonly admin: AdminFacts | undefined;
  readonly findings: readonly Finding[];
}

/** `place`: where to ask, or why that is unknown. Changes nothing, neither in Caddy nor here. */
export async function examine(
  place: AdminPlace | { readonly unreached: Finding },
  state: string,
  now: () => number,
): Promise<Examined> {
  const admin = 'unreached' in place ? place.unreached : await asked(place);
  const sockets =
    'address' in place && place.address.kind === 'unix' ? await socketPermissions(place.address.path) : [];
  const here = [...sockets, await stateFolder(state), ...(await disk(state))];
  if ('id' in admin) return { admin: undefined, findings: [admin, ...here] };
  return { admin, findings: [...adminFindings(admin), ...clock(admin.inspection.time, now()), ...here] };
}

export function unreached(message: string, hint: string): Finding {
  return problem('admin-reach', message, 'what Caddy shows of itself could not be looked at', hint);
}

function adminFindings(admin: AdminFacts): Finding[] {
  return [
    listener(admin),
    ...foreignHost(admin),
    ...origins(admin),
    ...remote(admin),
    ...versions(admin),
    ...debugging(admin),
  ];
}

async function asked({ address, ...options }: AdminPlace): Promise<AdminFacts | Finding> {
  try {
    return { address, inspection: await inspect(address, options) };
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    return unreached(error.message, error.hint);
  }
}
