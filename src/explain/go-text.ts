/** Text as Go's programs have it: bytes, which need not be UTF-8, and letters one by one. */

/** The bytes that a percent-encoded text stands for, or undefined where a `%` is not followed by two digits. */
export function percentDecoded(text: string): Uint8Array | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  if (!text.includes('%')) return new TextEncoder().encode(text);
  const pieces = text.split(/(%[0-9A-Fa-f]{2})/).map((piece, index) =>
    // Every other piece is an escape.
    index % 2 === 1 ? [Number.parseInt(piece.slice(1), 16)] : [...new TextEncoder().encode(piece)],
  );
  return Uint8Array.from(pieces.flat());
}

/** Bytes as the characters that Go sees in them: each byte that is no part of one is U+FFFD. */
export function goText(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte < 0x80)) return String.fromCharCode(...bytes);
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const read = strictly(bytes.subarray(at, at + size));
    text += read ?? '\ufffd';
    at += read === undefined ? 1 : size;
  }
  return text;
}

function strictly(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return isOne(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Small letters as Go makes them: each letter for itself, so that none becomes two. */
export function lowered(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return Array.from(text, (letter) => {
    const lower = letter.toLowerCase();
    // A dotted capital I is the one letter that JavaScript makes two of and Go one.
    return letter === '\u0130' ? 'i' : isOne(lower) ? lower : letter;
  }).join('');
}

/** The same for all letters that Go's `EqualFold` and `(?i)` hold for equal. */
export function folded(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return Array.from(text, (letter) => {
    // Neither I with a dot nor i without one equals another letter.
    if (letter === '\u0130' || letter === '\u0131') return letter;
    const upper = letter.toUpperCase();
    const lower = (isOne(upper) ? upper : letter).toLowerCase();
    return isOne(lower) ? lower : letter;
  }).join('');
}

function isOne(text: string): boolean {
  return text.length === ((text.codePointAt(0) ?? 0) > 0xff_ff ? 2 : 1);
}

function isAscii(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /^[\u0000-\u007f]*$/.test(text);
}
