import type { End, HeaderChange, Step, Way } from '../explain/answer.ts';
import type { Asked } from '../explain/asked.ts';
import { canonicalHeader } from '../policy/schema/scalars.ts';
import type { HeaderRule } from '../policy/schema/headers.ts';
import type { Effect } from './effect.ts';
import { appConnection, authEffect, errorPages } from './facets.ts';
import { meaningOf } from './meaning.ts';

/** By what is noticed: `answer`, `header X-Frame-Options`, `app path`. */
export type Effects = ReadonlyMap<string, Effect>;

/** All that can be noticed when a request goes this way. */
export function effectsOf(asked: Asked, way: Way): Effects {
  const { steps, end } = way;
  const effects = new Map<string, Effect>([['answer', answerEffect(way)]]);
  for (const [name, effect] of headerEffects(steps, end)) effects.set(`header ${name}`, effect);
  const limit = steps.find(({ kind }) => kind === 'rate_limit');
  if (limit) effects.set('rate limit', { seen: limit.says, says: limit.says });
  const gate = authEffect(way);
  if (gate) effects.set('gate', gate);
  const pages = errorPages(way);
  if (pages) effects.set('error pages', pages);
  const packed = steps.find(({ kind }) => kind === 'compress');
  if (packed && end.kind !== 'refused') effects.set('compression', { seen: packed.says, says: packed.says });
  if (end.kind === 'proxy') {
    for (const [name, effect] of appEffects(asked, way, end)) effects.set(name, effect);
    const connection = appConnection(way, end.upstream);
    effects.set('connection to the app', { seen: connection, says: '' });
  }
  return effects;
}

function answerEffect({ end, steps, route, site }: Way): Effect {
  switch (end.kind) {
    case 'proxy': {
      const dials = end.upstream.addresses.map(
        ({ scheme, dial }) => `${scheme === 'http' ? '' : `${scheme}://`}${dial}`,
      );
      return both(`upstream ${dials.join(', ')}`);
    }
    case 'respond': {
      const body = end.body.length > 30 ? `${end.body.slice(0, 30)}…` : end.body;
      return { seen: JSON.stringify(end), says: `${end.status}${body === '' ? '' : ` ${JSON.stringify(body)}`}` };
    }
    case 'redirect': {
      const { handler } = route ?? {};
      const to = handler?.kind === 'redirect' ? `${handler.to}${handler.keep_path ? ' and the path' : ''}` : 'https';
      return { seen: `${end.status} ${end.location}`, says: `${end.status} to ${end.toHttps ? 'https' : to}` };
    }
    case 'files': {
      const { handler } = route ?? {};
      const browse = handler?.kind === 'files' && handler.browse;
      return { seen: JSON.stringify({ ...end, browse }), says: `files of ${end.root}` };
    }
    case 'raw':
      return { seen: JSON.stringify(end.handlers), says: 'handlers of the policy' };
    case 'refused': {
      const { page: _page, ...seen } = end.refusal;
      const challenge =
        end.by === 'auth' ? meaningOf((route ?? site)?.modifiers.auth?.value.basic ?? { realm: '' }) : '';
      const realm = /"realm":"([^"]*)"/.exec(challenge)?.[0] ?? '';
      return { seen: JSON.stringify(seen) + realm, says: refusedSays(end, steps) };
    }
    case 'unanswered':
      return both('no answer');
    default:
      return end satisfies never;
  }
}

const WHY: Readonly<Record<string, string>> = {
  no_route: ' (no route)',
  unknown_host: ' (no site)',
  bad_request: ' (bad request)',
  no_path: ' (no path)',
  odd_host: ' (odd host)',
  deny: '',
};

function refusedSays({ by, refusal: { status, location } }: Extract<End, { kind: 'refused' }>, steps: readonly Step[]) {
  const to = location === undefined ? '' : ` to ${location}`;
  // What a gate says is of its kind, and what others say is of this request.
  if (by === 'auth') return `${status}${to}: ${steps.at(-1)?.says ?? ''}`;
  return `${status}${to}${WHY[by] ?? ` (${by})`}`;
}

function both(text: string): Effect {
  return { seen: text, says: text };
}

/** What Caddy itself puts into an answer of its own, or into a file's; any other header that is not said there is not there. */
const OF_CADDY = new Set([
  'Server',
  'Content-Type',
  'Location',
  'Www-Authenticate',
  'Alt-Svc',
  'Content-Length',
  'Etag',
  'Last-Modified',
  'Accept-Ranges',
  'Vary',
]);

function headerEffects(steps: readonly Step[], end: End): Map<string, Effect> {
  const isOwn = end.kind !== 'proxy' && end.kind !== 'raw';
  const effects = new Map<string, Effect>();
  for (const { name, rule } of steps.flatMap(({ headers = [] }): readonly HeaderChange[] => headers)) {
    const isBare = (isOwn && !OF_CADDY.has(name)) || (name === 'Via' && end.kind !== 'proxy');
    if (rule.kind === 'keep') continue;
    if (rule.kind === 'remove' && isBare) effects.delete(name);
    else {
      const said = rule.kind === 'default' && isBare ? ({ kind: 'set', value: rule.value } as const) : rule;
      const before = said.kind === 'add' ? effects.get(name) : undefined;
      const text = [before?.says, ruleSays(said)].filter(Boolean).join(' and ');
      effects.set(name, both(text));
    }
  }
  return effects;
}

/** What is said of a header that is removed. */
export const TAKEN_AWAY = 'taken away';

function ruleSays(rule: HeaderRule): string {
  if (rule.kind === 'remove') return TAKEN_AWAY;
  if (rule.kind === 'keep') return '';
  const words = { set: '', add: ' (one more)', default: ' (where the app sends none)' };
  return `${rule.value}${words[rule.kind]}`;
}

const OF_THE_CLIENT = /^(X-Forwarded-.*|X-Real-Ip|Forwarded)$/;

function appEffects(asked: Asked, { route, site }: Way, { sees, upstream }: Extract<End, { kind: 'proxy' }>) {
  const { rewrite, requestHeaders } = (route ?? site)?.modifiers ?? { requestHeaders: new Map<string, never>() };
  const { host_header: host } = upstream.facts;
  const rules = rewrite ? Object.entries(rewrite.value).map((each) => each.join(' ')) : ['as asked'];
  const effects = new Map<string, Effect>([
    ['app path', { seen: sees.uri, says: rules.join(', ') }],
    ['app host', { seen: sees.host, says: typeof host === 'string' ? `the ${host}'s` : host.value }],
  ]);
  const client: string[] = [];
  for (const { name, value } of sees.headers) {
    const rule = requestHeaders.get(name)?.value;
    if (rule === undefined && OF_THE_CLIENT.test(name)) client.push(`${name}: ${value}`);
    else {
      const says = rule ? ruleSays(rule) : (value ?? TAKEN_AWAY);
      // What nobody sent cannot be taken away.
      if (value !== null || isSent(asked, name)) effects.set(`app header ${name}`, { seen: value ?? '', says });
    }
  }
  const trusted = site?.trustedProxies.value ?? [];
  const says = trusted.length === 0 ? 'no proxy is believed' : `as ${trusted.join(', ')} say`;
  effects.set('client that the app sees', { seen: client.join('\n'), says });
  return effects;
}

function isSent({ headers }: Asked, name: string): boolean {
  return headers.some(([each]) => canonicalHeader(each) === name);
}
