import type { JsonValue } from '../../caddy/json.ts';
import { at, entriesOf, itemsOf, own } from '../live.ts';
import type { FactList } from './facts.ts';
import { shown, shownList } from './values.ts';

/** `headers` of Caddy, towards the client and towards the app. */
export function headerFacts(handler: JsonValue, facts: FactList): void {
  const response = own(handler, 'response');
  operationFacts('header', response, onlyIfAbsent(response) ? 'default ' : '', facts);
  const request = own(handler, 'request');
  if (!isForgeryGuard(request)) operationFacts('request header', request, '', facts);
}

export function operationFacts(name: string, operations: JsonValue | undefined, prefix: string, facts: FactList): void {
  for (const [header, values] of entriesOf(own(operations, 'set')))
    facts.say(`${name} ${header}`, prefix + shownList(values));
  for (const [header, values] of entriesOf(own(operations, 'add')))
    facts.say(`${name} ${header}`, `+ ${shownList(values)}`);
  for (const header of itemsOf(own(operations, 'delete'))) facts.say(`${name} ${shown(header)}`, 'removed');
  const replaced = own(operations, 'replace');
  if (replaced !== undefined) facts.unknown(`${name} replacements`, replaced);
}

function onlyIfAbsent(response: JsonValue | undefined): boolean {
  return entriesOf(at(response, 'require', 'headers')).some(([, value]) => value === null);
}

/** Every proxied route takes these from clients; it is not worth a line. */
export function isForgeryGuard(request: JsonValue | undefined): boolean {
  const deleted = itemsOf(own(request, 'delete'));
  return deleted.includes('X-Forwarded-*') || deleted.includes('*_*');
}
