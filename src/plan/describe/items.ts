import type { JsonObject, JsonValue } from '../../caddy/json.ts';
import { at, entriesOf, itemsOf, own } from '../live.ts';
import { markOf } from '../marks.ts';
import type { Ours } from '../ours.ts';
import type { DescribedItem } from './description.ts';
import { FactList } from './facts.ts';
import { handlerFacts } from './handler-facts.ts';
import { shown, shownList } from './values.ts';

export function describeItems(ours: Ours): Map<string, DescribedItem> {
  return new Map([
    ...[...ours.servers].map(([name, server]) => [`listener ${partOf(name, ours.owner)}`, listener(server)] as const),
    ...[...ours.logs].map(([name, log]) => [`log ${name}`, describeLog(log)] as const),
    ...[...ours.onDemand].map(([name, rules]) => [`on-demand ${name}`, onDemand(rules)] as const),
    ...[...ours.authorities].map(
      ([name, authority]) => [`certificate authority ${name}`, describeAuthority(authority)] as const,
    ),
  ]);
}

/** `https`, `http` or an address: what the name of a server of ours says after the owner. */
export function partOf(server: string, owner: string): string {
  return server.replace(`caddyctl-${owner}-`, '');
}

function listener(server: JsonObject): DescribedItem {
  const list = new FactList();
  list.say('listen', shownList(own(server, 'listen')));
  list.say('protocols', shownList(own(server, 'protocols')));
  const trusted = at(server, 'trusted_proxies', 'ranges');
  if (trusted !== undefined) list.say('trusted_proxies', shownList(trusted));
  const forNobody = itemsOf(own(server, 'routes')).filter((route) => !namesHosts(route));
  for (const route of forNobody.filter((each) => own(each, 'match') === undefined)) {
    const inner = new FactList();
    handlerFacts(own(route, 'handle'), inner);
    for (const [name, { text }] of inner.facts()) {
      if (!name.startsWith('header ')) list.say('unknown hosts', `${name} ${text}`);
    }
  }
  return { facts: list.facts(), id: markOf(server), value: settingsOf(server, forNobody) };
}

function namesHosts(route: JsonValue): boolean {
  return itemsOf(own(route, 'match')).some((matchers) => own(matchers, 'host') !== undefined);
}

/** What the sites of a server do not say of themselves. */
function settingsOf(server: JsonObject, routes: JsonValue[]): JsonValue {
  const ofSites = new Set([
    '@id',
    'routes',
    'named_routes',
    'errors',
    'tls_connection_policies',
    'logs',
    'automatic_https',
  ]);
  const automatic = entriesOf(own(server, 'automatic_https')).filter(([key]) => key !== 'skip_certificates');
  const rest = Object.entries(server).filter(([key]) => !ofSites.has(key));
  return { ...Object.fromEntries(rest), automatic_https: Object.fromEntries(automatic), routes };
}

function describeLog(log: JsonObject): DescribedItem {
  const list = new FactList();
  const fields = entriesOf(at(log, 'encoder', 'fields'));
  for (const [name, rule] of fields) {
    if (own(rule, 'filter') === 'query')
      list.say(
        'redacts in queries',
        itemsOf(own(rule, 'actions'))
          .map((each) => shown(own(each, 'parameter')))
          .join(', '),
      );
    if (own(rule, 'filter') === 'delete') list.say('redacts headers', name.slice(name.lastIndexOf('>') + 1));
  }
  return { facts: list.facts(), id: markOf(log), value: log };
}

function onDemand(rules: JsonObject): DescribedItem {
  const list = new FactList();
  list.say('ask', shown(at(rules, 'permission', 'endpoint')));
  return { facts: list.facts(), id: markOf(rules), value: rules };
}

function describeAuthority(authority: JsonObject): DescribedItem {
  const list = new FactList();
  for (const [name, value] of Object.entries(authority)) if (name !== '@id') list.say(name, shown(value));
  return { facts: list.facts(), id: markOf(authority), value: authority };
}
