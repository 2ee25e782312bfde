import { isAtLeast } from '../../binary/version.ts';
import type { Inspection } from '../../admin/inspect.ts';
import { type Advisory, advisories } from './advisories.ts';
import { type AdminFacts, adminBlock } from './facts.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** What is known of Caddy's version: itself, or the versions that it behaves between. */
export interface KnownVersion {
  readonly exact?: string;
  readonly atLeast?: string;
  readonly before?: string;
}

/** Caddy does not tell its version; a release does in passing, others by what they do. */
export function versionOf(inspection: Inspection): KnownVersion {
  const { version, hasEtag, takesPaddedIndex, letsForeignOriginIn } = inspection;
  if (version !== undefined) return { exact: version };
  if (!hasEtag) return { before: '2.8.0' };
  // With enforcement every version turns a stranger away.
  const enforced = adminBlock(inspection)['enforce_origin'] === true;
  if (!enforced && letsForeignOriginIn === true) return { atLeast: '2.8.0', before: '2.11.1' };
  if (takesPaddedIndex === false) return { atLeast: '2.11.3' };
  const atLeast = !enforced && letsForeignOriginIn === false ? '2.11.1' : '2.8.0';
  return { atLeast, ...(takesPaddedIndex === true && { before: '2.11.3' }) };
}

/** Whether it is older than this; undefined where that is unknown. */
function isBefore({ exact, atLeast, before }: KnownVersion, version: string): boolean | undefined {
  if (exact !== undefined) return !isAtLeast(exact, version);
  if (before !== undefined && isAtLeast(version, before)) return true;
  return atLeast !== undefined && isAtLeast(atLeast, version) ? false : undefined;
}

export function versions(facts: AdminFacts): Finding[] {
  const known = versionOf(facts.inspection);
  return [age(known), ...advisories.flatMap((advisory) => advised(advisory, known, facts))];
}

function age(known: KnownVersion): Finding {
  const seen = wordsFor(known);
  if (isBefore(known, '2.8.0') === true) {
    return problem(
      ID,
      seen,
      'it goes on serving configs that it has rejected, and caddyctl refuses it',
      'install Caddy 2.11',
    );
  }
  if (isBefore(known, '2.11.1') === true) {
    const why =
      'its admin API does not keep browsers out by itself, and a config that it rejects may stay in force before 2.10.1';
    return warning(ID, seen, why, 'install Caddy 2.11');
  }
  return ok(ID, seen);
}

function wordsFor({ exact, atLeast, before }: KnownVersion): string {
  if (exact !== undefined) return `it is Caddy ${exact}`;
  const from = atLeast === undefined ? '' : ` ${atLeast} or newer`;
  const to = before === undefined ? '' : `${from === '' ? ' ' : ', and '}older than ${before}`;
  return `it behaves as Caddy${from}${to}`;
}

function advised(advisory: Advisory, known: KnownVersion, facts: AdminFacts): Finding[] {
  const { id, fixed, since, what, meanwhile } = advisory;
  const has = isBefore(known, fixed);
  const isOlder = since !== undefined && isBefore(known, since) === true;
  if (has === false || isOlder || !advisory.counts(facts)) return [];
  const close = `install Caddy ${fixed} or newer; until then ${meanwhile}`;
  if (has === true) return [problem(id, `this Caddy has the known weakness ${id}`, what, close)];
  return [warning(id, `this Caddy may be older than ${fixed}, which ends the known weakness ${id}`, what, close)];
}

const ID = 'caddy-version';
