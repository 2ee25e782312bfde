import type { JsonValue } from '../caddy/json.ts';
import type { Conflict, ConflictInput } from './conflict.ts';
import { isDebianStub } from './debian-stub.ts';
import { type ListenAddress, overlaps, parseListen } from './listen.ts';
import { at, entriesOf, itemsOf, own } from './live.ts';
import { isOurServer } from './marks.ts';
import { foreignSide, hostsOf, serverSide } from './sides.ts';

interface Listener {
  readonly text: string;
  readonly addresses: readonly ListenAddress[];
}

/** One conflict for each foreign server that listens where a server of ours wants to, whatever app the foreign one is of. */
export function listenConflicts(input: ConflictInput): Conflict[] {
  const wanted = entriesOf(at(input.desired.apps, 'http', 'servers'));
  const wantedNames = new Set(wanted.map(([name]) => name));
  return entriesOf(input.live.apps).flatMap(([app, config]) =>
    entriesOf(own(config, 'servers')).flatMap(([name, server]) => {
      if (app === 'http' && isOurServer(name, server, input.owner, wantedNames.has(name))) return [];
      for (const [ourName, ourServer] of wanted) {
        const meeting = firstMeeting(ourServer, server);
        if (meeting !== undefined) return [conflict({ app, name, server }, ourName, ourServer, meeting, input)];
      }
      return [];
    }),
  );
}

function conflict(
  theirs: { readonly app: string; readonly name: string; readonly server: JsonValue },
  ourName: string,
  ourServer: JsonValue,
  [ourText, theirText]: [string, string],
  { placeOf }: ConflictInput,
): Conflict {
  const { app, name, server } = theirs;
  const ours = serverSide(ourName, ourServer, placeOf);
  const other = foreignSide(app === 'http' ? 'server' : `${app} server`, name, server);
  const where = ourText === theirText ? ourText : `${ourText}, which meets ${theirText}`;
  return {
    kind: 'listen',
    message: `${ours.text} and ${other}, both want to listen on ${where}`,
    hint: isDebianStub(server)
      ? `"${name}" is the welcome page that Caddy's package starts with: take its place with --force-conflicts, and empty /etc/caddy/Caddyfile, or it comes back when Caddy restarts`
      : `nothing was changed. Two servers cannot share a listener: write what that one serves as policies, or give these sites other ports (\`listen\`). --force-conflicts removes it with ${sitesOf(server)}, and keeps what Caddy ran in a file`,
    place: ours.place,
    takes: [{ path: ['apps', app, 'servers', name], what: `${other}, with ${sitesOf(server)}` }],
  };
}

const MOST_SITES = 5;

/** `its sites a.example.com, b.example.com and 7 more` */
function sitesOf(server: JsonValue): string {
  const hosts = [...hostsOf(server).keys()];
  if (hosts.length === 0) return 'all that it serves';
  const more = hosts.length > MOST_SITES ? ` and ${hosts.length - MOST_SITES} more` : '';
  return `its sites ${hosts.slice(0, MOST_SITES).join(', ')}${more}`;
}

function firstMeeting(ours: JsonValue, theirs: JsonValue): [string, string] | undefined {
  for (const one of listenersOf(ours)) {
    for (const other of listenersOf(theirs)) {
      if (one.addresses.some((address) => other.addresses.some((taken) => overlaps(address, taken))))
        return [one.text, other.text];
    }
  }
  return undefined;
}

function listenersOf(server: JsonValue): Listener[] {
  const hasQuic = mayServeQuic(server);
  return itemsOf(own(server, 'listen')).flatMap((text) => {
    const address = typeof text === 'string' ? parseListen(text) : undefined;
    if (typeof text !== 'string' || address === undefined) return [];
    const quic = hasQuic && address.kind === 'net' && address.transport === 'tcp';
    return [{ text, addresses: quic ? [address, { ...address, transport: 'udp' as const }] : [address] }];
  });
}

/** HTTP/3 takes the same port over UDP, and needs TLS. */
function mayServeQuic(server: JsonValue): boolean {
  const protocols = own(server, 'protocols');
  return (
    own(server, 'tls_connection_policies') !== undefined &&
    (protocols === undefined || itemsOf(protocols).includes('h3'))
  );
}
