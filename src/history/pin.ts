import type { By } from './entry.ts';
import { seal, unseal } from './seal.ts';

/** Says which revision is to stay, although the policies say something else, until they change. */
export interface Pin {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly revision: string;
  /** `inputsDigest` of the policies as history last saw them; undefined where it never saw any. */
  readonly inputs?: string;
  readonly by: By;
  /** The Caddy that it is for, as in an entry. */
  readonly caddy: string;
}

/** In pieces, as `seal` gives them. */
export function encodePin(pin: Pin): readonly string[] {
  return seal([JSON.stringify({ version: VERSION, ...pin })]);
}

/** A sentence without its subject when it cannot be believed. */
export function decodePin(text: string): Pin | string {
  const body = unseal(text);
  if (body === undefined) return 'is damaged';
  const { version, ...pin } = JSON.parse(body) as Pin & { readonly version: number };
  return version === VERSION ? pin : 'was written by another version of caddyctl';
}

const VERSION = 1;
