import type { Check as Written } from '../../policy/schema/check.ts';
import type { Traced } from '../../ir/origin.ts';
import type { Ask, Check, Expectation, HeaderExpectation, Probe } from '../check.ts';
import { admitted } from './entry.ts';
import { checkOf, type Spot, unchecked } from './spot.ts';

type Asking = Exclude<Written, { off: unknown }>;
type Answered = Extract<Asking, { status?: unknown }>;

/** A site's own checks. A path that the policy names is there to be asked, whatever comes of it. */
export function written(spot: Spot): Check[] {
  return spot.site.checks.flatMap(({ value, origin }: Traced<Written>) => {
    if ('off' in value) return [];
    const [method, path] = methodAndPath(value);
    const check = checkOf(spot, {
      name: 'access',
      detail: `${method} ${path}`,
      says: `${method} ${path}`,
      origin,
      probe: probeOf(spot, value, method, path),
    });
    return [{ ...check, name: 'written' as const, id: check.id.replace(' access ', ' written ') }];
  });
}

function methodAndPath(value: Asking): [string, string] {
  if ('get' in value) return ['GET', value.get];
  if ('head' in value) return ['HEAD', value.head];
  if ('post' in value) return ['POST', value.post];
  if ('upload' in value) return ['upload', value.upload];
  if ('websocket' in value) return ['websocket', value.websocket];
  return ['events', value.events];
}

function probeOf(spot: Spot, value: Asking, method: string, path: string): Probe {
  const asked: Ask = {
    method: method === 'upload' ? 'POST' : /^[A-Z]+$/.test(method) ? method : 'GET',
    target: path,
    host: spot.asked,
    ...('upload' in value && { sends: value.size.bytes, headers: { 'Content-Type': 'application/octet-stream' } }),
  };
  const entry = admitted(spot, asked);
  // That this request is refused may be just what the check says.
  const expectsRefusal = 'status' in value && value.status !== undefined && value.status >= 400;
  const ask = 'reason' in entry ? asked : entry.ask;
  if ('reason' in entry && !expectsRefusal && !/only Caddy/.test(entry.reason)) return unchecked(entry.reason);
  if ('websocket' in value) return { kind: 'websocket', to: { ...spot.to, http: 1 }, ask, named: true };
  if ('events' in value) {
    const headers = { Accept: 'text/event-stream', 'Accept-Encoding': 'gzip, zstd' };
    return { kind: 'events', to: spot.to, ask: { ...ask, headers: { ...ask.headers, ...headers } }, named: true };
  }
  const credential = ask.credential && { ...ask.credential, needed: !expectsRefusal };
  const made = { ...ask, ...(credential && { credential }) };
  return { kind: 'answer', to: spot.to, asks: [value.status === 401 ? asked : made], expects: expectationOf(value) };
}

/** Where nothing is said of the status, a success is meant. */
function expectationOf({ status, headers = {}, body }: Answered): Expectation {
  return {
    status: status === undefined ? { hundreds: [2] } : { oneOf: [status] },
    headers: Object.entries(headers).map(([name, wanted]) => ({ name, rule: ruleOf(wanted) })),
    ...(body && { body }),
  };
}

function ruleOf(wanted: NonNullable<Answered['headers']>[string]): HeaderExpectation['rule'] {
  if (wanted === null) return { kind: 'absent' };
  return typeof wanted === 'string' ? { kind: 'once', value: wanted } : { kind: 'contains', text: wanted.contains };
}
