import { canonical } from '../caddy/json.ts';
import type { CaddyConfig } from '../caddy/translate.ts';
import type { Counts } from '../plan/change.ts';
import type { Input } from './inputs.ts';
import { seal, unseal } from './seal.ts';

/** What became of one revision at one time. */
export interface Entry {
  /** ISO 8601, UTC. */
  readonly time: string;
  /** The content's hash as `compile` gives it; Caddy's servers carry it too. */
  readonly revision: string;
  /** `found`: Caddy ran it already when history came to know it. */
  readonly outcome: 'applied' | 'found' | 'rejected';
  /** Caddy's words, where it rejected it. */
  readonly reason?: string;
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

/** Whether Caddy served it, so that one can go back to it. */
export function isGood({ outcome }: Entry): boolean {
  return outcome !== 'rejected';
}

/** One line about it, then the config, if it is one to go back to. */
export function encodeEntry(entry: Entry, { apps, logging }: CaddyConfig): string {
  const config = isGood(entry) ? canonical({ apps, ...(logging && { logging }) }) : '';
  return seal(`${JSON.stringify({ version: VERSION, ...entry })}\n${config}`);
}

/** A sentence without its subject when it cannot be believed. */
export function decodeEntry(text: string): { readonly entry: Entry; readonly config: string } | string {
  const body = unseal(text);
  if (body === undefined) return 'is damaged';
  const end = body.indexOf('\n');
  const { version, ...entry } = JSON.parse(body.slice(0, end)) as Entry & { readonly version: number };
  if (version !== VERSION) return 'was written by another version of caddyctl';
  return { entry, config: body.slice(end + 1) };
}

const VERSION = 1;
