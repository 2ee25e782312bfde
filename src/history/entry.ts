import { canonical } from '../caddy/json.ts';
import type { CaddyConfig } from '../caddy/translate.ts';
import type { Counts } from '../plan/change.ts';
import type { Input } from './inputs.ts';
import { encodeChecks, type KeptCheck } from './kept-check.ts';
import { seal, unseal } from './seal.ts';

/** What became of one revision at one time. */
export interface Entry {
  /** ISO 8601, UTC. */
  readonly time: string;
  /** The content's hash as `compile` gives it; Caddy's servers carry it too. */
  readonly revision: string;
  /**
   * `found`: Caddy ran it already when history came to know it · `verified`: it has run for its bake time, and its checks
   * pass · `rolled-back`: checks failed that had passed before, and what ran before was put back.
   */
  readonly outcome: 'applied' | 'found' | 'verified' | 'rejected' | 'rolled-back';
  /** Caddy's words where it rejected it, or the first check that failed. */
  readonly reason?: string;
  /** Shown by request to work: a last good one. */
  readonly verified?: true;
  readonly changes: Counts;
  readonly inputs: readonly Input[];
  readonly by: By;
  /** Where the Caddy's admin API is, as an operator would write it: one owner may have several Caddys. */
  readonly caddy: string;
}

/** Who did it: a user of this machine, and caddyctl's command and version. */
export interface By {
  readonly user: string;
  readonly command: string;
  readonly version: string;
}

/** The history says when. */
export type NewEntry = Omit<Entry, 'time'>;

/** An entry in the state folder. */
export interface StoredEntry extends Entry {
  /** Its file's name. */
  readonly name: string;
}

/** Whether Caddy served it and nothing was found against it, so that one can go back to it. */
export function isGood({ outcome }: Entry): boolean {
  return outcome !== 'rejected' && outcome !== 'rolled-back';
}

/** Whether it was shown by request to work. */
export function isVerified({ verified }: Entry): boolean {
  return verified === true;
}

/** One line about it, then the config, if it is one to go back to, then its checks. In pieces, as `seal` gives them. */
export function encodeEntry(
  entry: Entry,
  { apps, logging }: CaddyConfig,
  checks: readonly KeptCheck[],
): readonly string[] {
  const head = JSON.stringify({ version: VERSION, ...entry });
  if (!isGood(entry)) return seal([head, '\n']);
  return seal([head, '\n', canonical({ apps, ...(logging && { logging }) }), '\n', ...encodeChecks(checks)]);
}

export interface DecodedEntry {
  readonly entry: Entry;
  readonly config: string;
  readonly checks: string;
}

/** A sentence without its subject when it cannot be believed. */
export function decodeEntry(text: string): DecodedEntry | string {
  const body = unseal(text);
  if (body === undefined) return 'is damaged';
  // JSON has no bare line break.
  const [head = '', config = '', checks = '[]'] = body.split('\n');
  const { version, ...entry } = JSON.parse(head) as Entry & { readonly version: number };
  if (version !== VERSION) return 'was written by another version of caddyctl';
  return { entry, config, checks };
}

const VERSION = 1;
