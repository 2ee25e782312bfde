import type { Check } from '../../checks/check.ts';
import type { KeptCheck, Line } from '../../history/kept-check.ts';

/** A check that counts in this push. */
export interface Guarantee extends KeptCheck {
  /** The policies that are pushed no longer say so. */
  readonly isDropped: boolean;
  /** The policies did not say so before: it may have to come up first. */
  readonly isNew: boolean;
}

/** What came of asking once. */
export interface Finding {
  readonly id: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** The host that the policy names. */
  readonly site: string;
  /** What must hold. */
  readonly says: string;
  readonly expected?: string;
  readonly got?: string;
  readonly hint?: string;
  /** Why it could not be asked. */
  readonly reason?: string;
  /** Nobody listens where Caddy should, seen from here. */
  readonly isUnreachable?: true;
  readonly line: Line;
  readonly isDropped: boolean;
}

/**
 * Asks each of them once and gives a finding for each. `milliseconds`: the longest wait for one answer; `inAll`: for all
 * together, and what was not answered until then is skipped. Rejects for bugs alone.
 */
export type Ask = (
  guarantees: readonly Guarantee[],
  milliseconds: number,
  inAll?: number,
) => Promise<readonly Finding[]>;

/**
 * What only Caddy itself answers, whatever the app does: a push that breaks it is not mended by waiting, and a policy that no
 * longer says it has to say that this is meant.
 */
export function isProtection({ check: { name } }: KeptCheck): boolean {
  return protections.has(name);
}

const protections: ReadonlySet<Check['name']> = new Set([
  'access',
  'auth',
  'deny',
  'headers',
  'limit',
  'rate_limit',
  'redirect',
  'server',
]);
