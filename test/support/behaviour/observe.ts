import type { Answer } from '../client/answer.ts';
import { echoed, HANDLER, ROUTE, separator } from '../explain/instrumented.ts';

/** What can be noticed of an answer, by the names that the diff has for it. */
export type Observed = ReadonlyMap<string, string>;

/** Told by the harness, or in their own words each time. */
const LEFT_OUT = new Set(
  [ROUTE, HANDLER, 'Date', 'Content-Length', 'Connection', 'Transfer-Encoding', 'Alt-Svc'].map((name) =>
    name.toLowerCase(),
  ),
);

/** Headers by which Caddy tells what kind of answer it is, and no policy does. */
const OF_THE_KIND = /^(location|content-type|www-authenticate|server|via|etag|allow)$/;

const OF_THE_CLIENT = /^(X-Forwarded-.*|X-Real-Ip|Forwarded)$/;

export function observed(answer: Answer, hasBody: boolean): Observed {
  const found = new Map<string, string>();
  const [handler = ''] = valuesOf(answer, HANDLER);
  const isApp = handler.startsWith('proxy');
  const kind = [...answer.headers].filter(([name]) => OF_THE_KIND.test(name.toLowerCase()));
  const own = isApp ? [] : kind.filter(([name]) => !/^(server|via)$/i.test(name));
  found.set('answer', JSON.stringify([answer.status, handler, own, isApp ? '' : answer.body]));
  const names = new Set(answer.headers.map(([name]) => name.toLowerCase()).filter((name) => !LEFT_OUT.has(name)));
  for (const name of names) found.set(`header ${name}`, valuesOf(answer, name).join('\n'));
  if (!isApp || !hasBody || answer.status !== 200) return found;
  const [, uri = '', host = '', ...values] = answer.body.split(separator);
  // The address of the app is another in each play.
  found.set('app path', uri).set('app host', host.replace(/^127\.0\.0\.1:\d+$/, 'its own'));
  const client: string[] = [];
  for (const [index, name] of echoed.entries()) {
    const value = values[index] ?? '';
    if (OF_THE_CLIENT.test(name)) client.push(value);
    else found.set(`app header ${name.toLowerCase()}`, value);
  }
  found.set('client that the app sees', client.join('\n'));
  return found;
}

function valuesOf({ headers }: Answer, name: string): string[] {
  return headers.filter(([each]) => each.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

/** The names of what differs. */
export function differing(before: Observed, after: Observed): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name));
}

/** What must be told of it: where another kind of thing answers, its own headers go without saying. */
export function toBeTold(differs: readonly string[], before: Observed, after: Observed): readonly string[] {
  if (!differs.includes('answer')) return differs;
  return before.has('app path') && after.has('app path') ? differs : ['answer'];
}
