import type { HeaderRule } from '../../policy/schema/headers.ts';
import type { Modifiers } from '../../ir/model.ts';
import type { JsonObject } from '../json.ts';
import { type CaddyHandler, onlyWhen, type RouteContext } from './context.ts';

type Rules = Iterable<readonly [string, HeaderRule]>;

/**
 * Response headers, said twice where an app answers: at once, so that they stand on errors, and again when the answer
 * begins, over whatever the app sends. So each stands exactly once.
 */
export function responseHeaders(modifiers: Modifiers, context: RouteContext, appAnswers: boolean): CaddyHandler[] {
  const rules = [...modifiers.headers].map(([name, { value }]) => [name, value] as const);
  const hidden = [...(modifiers.hideServer ? ['Server', 'Via'] : []), ...(context.hideH3 ? ['Alt-Svc'] : [])];
  const fixed = operations(rules, ['set', 'remove'], hidden);
  const handlers: CaddyHandler[] = fixed ? [{ handler: 'headers', response: fixed }] : [];
  if (fixed && appAnswers) handlers.push({ handler: 'headers', response: { deferred: true, ...fixed } });
  const added = operations(rules, ['add']);
  if (added) handlers.push({ handler: 'headers', response: { deferred: true, ...added } });
  for (const [name, rule] of rules) {
    if (rule.kind !== 'default') continue;
    const response = { deferred: true, require: { headers: { [name]: null } }, set: { [name]: [rule.value] } };
    handlers.push({ handler: 'headers', response });
  }
  return handlers;
}

/** Request headers that the app gets only where the client sends none. The others are the proxy's own, see proxy.ts. */
export function requestDefaults(modifiers: Modifiers): CaddyHandler[] {
  return [...modifiers.requestHeaders].flatMap(([name, { value: rule }]) => {
    if (rule.kind !== 'default') return [];
    const handler: CaddyHandler = { handler: 'headers', request: { set: { [name]: [rule.value] } } };
    return [onlyWhen({ header: { [name]: null } }, [handler])];
  });
}

/** Caddy's operations for rules of these kinds, or undefined where there are none. */
export function operations(
  rules: Rules,
  kinds: readonly HeaderRule['kind'][],
  alsoRemove: readonly string[] = [],
): JsonObject | undefined {
  const set: Record<string, string[]> = {};
  const add: Record<string, string[]> = {};
  const remove = [...alsoRemove];
  for (const [name, rule] of rules) {
    if (!kinds.includes(rule.kind)) continue;
    if (rule.kind === 'set') set[name] = [rule.value];
    if (rule.kind === 'add') add[name] = [rule.value];
    if (rule.kind === 'remove' && !remove.includes(name)) remove.push(name);
  }
  const made = {
    ...(Object.keys(add).length > 0 && { add }),
    ...(remove.length > 0 && { delete: remove.toSorted() }),
    ...(Object.keys(set).length > 0 && { set }),
  };
  return Object.keys(made).length > 0 ? made : undefined;
}
