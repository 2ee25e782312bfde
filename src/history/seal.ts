import { createHash } from 'node:crypto';

/**
 * A text, given in parts, with its own hash in front: torn or damaged, it is not believed. It comes in pieces to be written one
 * after the other: of thousands of sites the whole is many times what anything else of a pass needs at once.
 */
export function seal(parts: readonly string[]): readonly string[] {
  const pieces = inPieces(parts);
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  const [first = '', ...rest] = pieces;
  return [`${hash.digest('hex')}\n${first}`, ...rest];
}

/** The parts of a JSON list. */
export function listed(items: readonly string[]): readonly string[] {
  return ['[', ...items.map((item, at) => (at === 0 ? item : `,${item}`)), ']'];
}

/** The sealed text, or undefined when it is not what was sealed. */
export function unseal(sealed: string): string | undefined {
  const text = sealed.slice(HASH_LENGTH + 1);
  return sealed.startsWith(`${sha256(text)}\n`) ? text : undefined;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A call for each of ten thousand short parts would take longer than all that is in them. */
function inPieces(parts: readonly string[]): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  let length = 0;
  parts.forEach((part, at) => {
    length += part.length;
    if (length < PIECE && at < parts.length - 1) return;
    pieces.push(parts.slice(from, at + 1).join(''));
    [from, length] = [at + 1, 0];
  });
  return pieces;
}

const HASH_LENGTH = 64;
/** Characters. */
const PIECE = 256 * 1024;
