/** How one character of a hostile or foreign text is shown: what to print, and how many terminal columns that takes. */
export interface Cell {
  readonly shown: string;
  readonly width: number;
}

const tabWidth = 4;

/**
 * Whatever could move the cursor, change colours, reorder the line or hide in it: controls, format characters (bidi
 * overrides, zero width, tags), line and paragraph separators, unassigned and private characters, lone surrogates.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cn}\p{Co}\p{Cs}]/u;
const combining = /[\p{Mn}\p{Me}]/u;
// East Asian wide and fullwidth blocks, and what is shown as an emoji by itself.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

/** One character (a code point) as a cell; a tab becomes blanks. */
export function cell(character: string): Cell {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) {
    return { shown: character, width: 1 };
  }
  if (code === 0x09) {
    return { shown: ' '.repeat(tabWidth), width: tabWidth };
  }
  if (unsafe.test(character)) {
    return escaped(code);
  }
  if (combining.test(character)) {
    return { shown: character, width: 0 };
  }
  return { shown: character, width: wide.test(character) ? 2 : 1 };
}

function escaped(code: number): Cell {
  if (code < 0x20) {
    return { shown: String.fromCodePoint(0x2400 + code), width: 1 };
  }
  if (code === 0x7f) {
    return { shown: '\u2421', width: 1 };
  }
  const shown = `\\u{${code.toString(16)}}`;
  return { shown, width: shown.length };
}

/** A text from a file, a path or another program, made safe for a terminal: one line, nothing that drives it. */
export function visible(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) {
    return text;
  }
  let shown = '';
  for (const character of text) {
    shown += cell(character).shown;
  }
  return shown;
}
