import type { Way } from '../../explain/answer.ts';
import type { Asked } from '../../explain/asked.ts';
import type { Explainer } from '../../explain/explainer.ts';
import type { Site } from '../../ir/model.ts';
import type { Origin } from '../../ir/origin.ts';
import type { DerivedCheck } from '../../policy/schema/check.ts';
import type { Ask, Check, Listener, Probe } from '../check.ts';

/** A site at one of its addresses, seen by the one who asks. */
export interface Spot {
  readonly site: Site;
  /** As the policy names it. */
  readonly host: string;
  /** As it is asked for: below a wildcard some name that means nothing. */
  readonly asked: string;
  readonly to: Listener;
  /** The address that Caddy sees; undefined on a Unix socket. */
  readonly from: string | undefined;
  /** Told with each check, where the site stands at other addresses too. */
  readonly suffix: string;
  readonly explainer: Explainer;
}

/** A label that no app has: below a wildcard, and where any path will do. */
export const ANY = 'caddyctl-check';

/** What the policies say becomes of a request. Undefined where only Caddy can tell. */
export function wayOf({ to, from, explainer }: Spot, ask: Ask): Way | undefined {
  const headers: Asked['headers'] = [
    ...Object.entries(ask.headers ?? {}),
    ...(ask.announces === undefined ? [] : ([['Content-Length', `${ask.announces}`]] as const)),
    ...authorization(ask),
  ];
  const { method, host, target } = ask;
  const protocol = to.http === 2 ? 'http/2' : 'http/1.1';
  const { ways } = explainer.answerTo({ method, at: to.at, host, target, headers, from, protocol });
  return ways.length === 1 ? ways[0] : undefined;
}

/** Any credential of the right form: whether it is right is not a question of the policies. */
function authorization({ credential }: Ask): [string, string][] {
  if (credential === undefined || credential.kind === 'query') return [];
  if (credential.kind === 'bearer') return [['Authorization', `Bearer ${ANY}`]];
  return [['Authorization', `Basic ${Buffer.from(`${credential.user}:${ANY}`).toString('base64')}`]];
}

interface Said {
  readonly name: DerivedCheck;
  /** What tells it from others of its name, at the same site: a path. */
  readonly detail: string;
  readonly says: string;
  readonly origin: Origin;
  readonly probe: Probe;
}

export function checkOf({ host, suffix }: Spot, { name, detail, says, origin, probe }: Said): Check {
  const id = `${host} ${name}${detail === '' ? '' : ` ${detail}`}${suffix}`;
  return { id, name, site: host, says: `${says}${suffix}`, origin, probe };
}

/** Why something is not checked. */
export function unchecked(reason: string): Probe {
  return { kind: 'none', reason };
}

export function isWildcard({ host }: Spot): boolean {
  return host.startsWith('*.');
}
