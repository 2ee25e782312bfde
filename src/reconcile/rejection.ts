import type { AdminFailure } from '../admin/errors.ts';
import { originOfComplaint } from '../caddy/complaint.ts';
import { isJsonObject, type JsonValue } from '../caddy/json.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { type Origin, placeOf } from '../ir/origin.ts';
import { at, entriesOf, itemsOf, type Live, own } from '../plan/live.ts';
import { markOf } from '../plan/marks.ts';
import { hostsOf } from '../plan/sides.ts';

type Rejection = Extract<AdminFailure, { kind: 'rejected' }>;
type Origins = ReadonlyMap<string, Origin>;

/** Caddy's rejection of `pushed`, at the policy line that it is about as far as its text leads there. */
export function explainRejection({ reason, panicked }: Rejection, pushed: Live, origins: Origins): Diagnostic {
  const apps = isJsonObject(pushed.apps) ? pushed.apps : {};
  const origin =
    originOfComplaint(reason, { apps }, origins) ??
    originOfFile(reason, apps, origins) ??
    originOfListener(reason, apps, origins);
  const verb = panicked ? 'broke off while it loaded this' : 'does not take this';
  return {
    code: 'caddy-rejects',
    severity: 'error',
    message: `Caddy ${verb}: ${origin === undefined ? reason : detailOf(reason)}`,
    hint: HINTS.find(([pattern]) => pattern.test(reason))?.[1],
    place: origin && placeOf(origin),
  };
}

/** What comes after the way through the config, which the place tells better. */
function detailOf(reason: string): string {
  return reason.replace(/^.*(?:loading module '[^']*'|provision [\w.]+|module: start): /s, '');
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/unknown module/, 'this Caddy was built without that module: `caddy list-modules` shows what it has'],
  [/address already in use/, 'another program listens there: stop it, or let this Caddy listen elsewhere'],
  [
    /bind: permission denied/,
    'ports below 1024 need the right to bind them (CAP_NET_BIND_SERVICE), or give other ports',
  ],
  [/no such file or directory/, "files are looked for on Caddy's machine, from Caddy's working folder"],
  [/open .*: permission denied/, 'the user that Caddy runs as must be able to read the file'],
];

/** Certificates are loaded without saying for which site: only the file's name is told. */
function originOfFile(reason: string, apps: JsonValue, origins: Origins): Origin | undefined {
  for (const pair of itemsOf(at(apps, 'tls', 'certificates', 'load_files'))) {
    const files = [own(pair, 'certificate'), own(pair, 'key')];
    if (!files.some((file) => typeof file === 'string' && reason.includes(`${file}:`))) continue;
    const [tag] = itemsOf(own(pair, 'tags'));
    for (const [, server] of entriesOf(at(apps, 'http', 'servers'))) {
      const handshake = itemsOf(own(server, 'tls_connection_policies')).find((policy) =>
        itemsOf(at(policy, 'certificate_selection', 'any_tag')).some((each) => each === tag),
      );
      const [host] = itemsOf(at(handshake, 'match', 'sni'));
      if (typeof host === 'string') return originOfHost(host, server, origins);
    }
  }
  return undefined;
}

/** `listening on :443: listen tcp :443: bind: …` at the first site that is served there. */
function originOfListener(reason: string, apps: JsonValue, origins: Origins): Origin | undefined {
  const address = /\blistening on (\S+): /.exec(reason)?.[1];
  if (address === undefined) return undefined;
  for (const [, server] of entriesOf(at(apps, 'http', 'servers'))) {
    const isThere = itemsOf(own(server, 'listen')).some(
      (text) => text === address || text === address.replace(/^tcp\//, ''),
    );
    const [host] = hostsOf(server).keys();
    if (isThere && host !== undefined) return originOfHost(host, server, origins);
  }
  return undefined;
}

function originOfHost(host: string, server: JsonValue, origins: Origins): Origin | undefined {
  return origins.get(markOf(hostsOf(server).get(host)) ?? '');
}
