/**
 * Text that must come out of Caddy as it is written. Caddy puts placeholders in wherever it sees `{…}`, `{env.*}` and
 * `{file.*}` among them; a backslash before a brace keeps it one, and is taken away even where it was meant as text and
 * only a closing brace follows. So every brace gets one. Not for the few fields that Caddy takes as they are.
 */
export function literal(text: string): string {
  return text.replace(/[{}]/g, '\\$&');
}
