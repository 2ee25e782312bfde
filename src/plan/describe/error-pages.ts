import type { JsonObject, JsonValue } from '../../caddy/json.ts';
import { at, itemsOf, own } from '../live.ts';
import { FactList, type Facts } from './facts.ts';
import { handlerFacts } from './handler-facts.ts';
import { shown } from './values.ts';

/** The routes for errors of a server, by the id of the route that they belong to. */
export function errorPages(server: JsonObject): Map<string, JsonValue> {
  const pages = new Map<string, JsonValue>();
  for (const route of itemsOf(at(server, 'errors', 'routes'))) {
    const [id] = itemsOf(at(itemsOf(own(route, 'match'))[0], 'vars', 'caddyctl_errors'));
    if (typeof id === 'string') pages.set(id, route);
  }
  return pages;
}

export function pageFacts(route: JsonValue): Facts {
  const list = new FactList();
  for (const page of itemsOf(own(itemsOf(own(route, 'handle'))[0], 'routes'))) {
    const answer = new FactList();
    handlerFacts(own(page, 'handle'), answer);
    const text = [...answer.facts()].map(([name, fact]) => `${name} ${fact.text}`).join(', ');
    list.say(`error page ${statusText(itemsOf(own(page, 'match'))[0])}`, text);
  }
  return list.facts();
}

function statusText(match: JsonValue | undefined): string {
  const [status] = itemsOf(at(match, 'vars', '{http.error.status_code}'));
  if (status !== undefined) return shown(status);
  const from = />= (\d)00/.exec(shown(own(match, 'expression')))?.[1];
  return from === undefined ? 'of another kind' : `${from}xx`;
}
