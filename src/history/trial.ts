import type { By } from './entry.ts';
import { encodeChecks, type KeptCheck } from './kept-check.ts';
import { seal, unseal } from './seal.ts';

/**
 * The revision that was pushed last and is not known to work yet, or is known not to. Written before the push, so that
 * whoever comes after one that was killed knows that what runs is unproved.
 */
export interface Trial {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly revision: string;
  /** `failed`: what ran before was put back. */
  readonly state: 'pushed' | 'failed';
  /** Before this it is not one of the last good ones, however well it does. ISO 8601, UTC. */
  readonly until: string;
  /** `inputsDigest` of the policies that it was made from. */
  readonly inputs: string;
  /** What ran before, if that was ours. */
  readonly before?: string | undefined;
  /** What passed right before the push, and must go on to. */
  readonly sound: readonly KeptCheck[];
  readonly by: By;
  /** The Caddy that it is for, as in an entry. */
  readonly caddy: string;
}

/** In pieces, as `seal` gives them. */
export function encodeTrial({ sound, ...trial }: Trial): readonly string[] {
  return seal([JSON.stringify({ version: VERSION, ...trial }), '\n', ...encodeChecks(sound)]);
}

/** A sentence without its subject when it cannot be believed. */
export function decodeTrial(text: string): Trial | string {
  const body = unseal(text);
  if (body === undefined) return 'is damaged';
  const end = body.indexOf('\n');
  const { version, ...trial } = JSON.parse(body.slice(0, end)) as Omit<Trial, 'sound'> & { readonly version: number };
  if (version !== VERSION) return 'was written by another version of caddyctl';
  return { ...trial, sound: JSON.parse(body.slice(end + 1)) as KeptCheck[] };
}

const VERSION = 1;
