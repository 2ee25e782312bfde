/**
 * Codes that Unicode keeps for a program's own use, and that stand for no character: `U+FDD0`, `U+FFFE` and their like. We
 * use two of them ourselves, between a translation and Caddy's JSON (see caddy/placeholders.ts).
 */
export function holdsNoncharacter(text: string): boolean {
  return /\p{Noncharacter_Code_Point}/u.test(text);
}

export const NONCHARACTER = 'a code here stands for no character (U+FDD0 to U+FDEF, U+FFFE and their like)';
