import type { JsonObject, JsonValue } from '../../caddy/json.ts';
import { at, entriesOf, itemsOf, own } from '../live.ts';
import { hostsOf } from '../sides.ts';
import type { Ours } from '../ours.ts';
import { FactList, type Facts } from './facts.ts';
import { shown, shownList } from './values.ts';

/** What stands for a whole host beside its routes: certificates, the handshake, the access log. Indexed once for all hosts. */
export function siteFactsOf(ours: Ours): (host: string) => Facts {
  const policies = indexBy(ours.policies, (policy) => own(policy, 'subjects'));
  const handshakes = indexBy(
    [...ours.servers.values()].flatMap((server) => itemsOf(own(server, 'tls_connection_policies'))),
    (policy) => at(policy, 'match', 'sni'),
  );
  const files = new Map(
    ours.certificates.flatMap((each) => itemsOf(own(each, 'tags')).map((tag) => [tag, each] as const)),
  );
  const servers = [...ours.servers.values()];
  const encrypted = new Set(
    servers.filter((server) => own(server, 'tls_connection_policies')).flatMap((server) => [...hostsOf(server).keys()]),
  );
  const logged = new Set(
    servers.flatMap((server) => entriesOf(at(server, 'logs', 'logger_names')).map(([host]) => host)),
  );
  const factsOf = (host: string): Facts => {
    const list = new FactList();
    const handshake = handshakes.get(host);
    if (!encrypted.has(host)) list.say('tls', 'off');
    else list.say('tls', certificateText(policies.get(host), handshake, files));
    handshakeFacts(handshake, list);
    if (logged.has(host)) list.say('log', 'on');
    return list.facts();
  };
  // Most hosts have nothing of their own.
  const usual = new Map<string, Facts>();
  return (host) => {
    if (policies.has(host) || handshakes.has(host)) return factsOf(host);
    const key = `${encrypted.has(host)} ${logged.has(host)}`;
    const facts = usual.get(key) ?? factsOf(host);
    usual.set(key, facts);
    return facts;
  };
}

function certificateText(
  policy: JsonValue | undefined,
  handshake: JsonValue | undefined,
  files: ReadonlyMap<JsonValue, JsonObject>,
): string {
  const [tag] = itemsOf(at(handshake, 'certificate_selection', 'any_tag'));
  if (tag !== undefined) return `files ${shown(own(files.get(tag), 'certificate'))}`;
  const [issuer] = itemsOf(own(policy, 'issuers'));
  const email = own(issuer, 'email');
  const made =
    shown(own(issuer, 'module')) === 'internal'
      ? 'internal'
      : email === undefined
        ? 'auto'
        : `auto, for ${shown(email)}`;
  return own(policy, 'on_demand') === true ? `on demand, ${made}` : made;
}

function handshakeFacts(handshake: JsonValue | undefined, list: FactList): void {
  const known = new Set(['@id', 'match', 'certificate_selection', 'client_authentication', 'alpn']);
  const authorities = at(handshake, 'client_authentication', 'ca', 'pem_files');
  if (authorities !== undefined) list.say('auth', `client certificate of ${shownList(authorities)}`);
  const alpn = own(handshake, 'alpn');
  if (alpn !== undefined) list.say('protocols', shownList(alpn));
  for (const [name, value] of entriesOf(handshake)) if (!known.has(name)) list.unknown(`handshake ${name}`, value);
}

/** The first entry for each name, as Caddy takes the first. */
function indexBy(
  entries: readonly JsonValue[],
  namesOf: (entry: JsonValue) => JsonValue | undefined,
): Map<string, JsonValue> {
  const index = new Map<string, JsonValue>();
  for (const entry of entries) {
    for (const name of itemsOf(namesOf(entry)))
      if (typeof name === 'string' && !index.has(name)) index.set(name, entry);
  }
  return index;
}
