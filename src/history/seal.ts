import { createHash } from 'node:crypto';

/** A text with its own hash in front: torn or damaged, it is not believed. */
export function seal(text: string): string {
  return `${sha256(text)}\n${text}`;
}

/** The sealed text, or undefined when it is not what was sealed. */
export function unseal(sealed: string): string | undefined {
  const text = sealed.slice(HASH_LENGTH + 1);
  return sealed.startsWith(`${sha256(text)}\n`) ? text : undefined;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const HASH_LENGTH = 64;
