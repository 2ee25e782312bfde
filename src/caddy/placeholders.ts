/**
 * Text that must come out of Caddy as it is written. Caddy puts placeholders in wherever it sees `{…}`, `{env.*}` and
 * `{file.*}` among them; a backslash before a brace keeps it one. It only looks for escapes in a text that has an opening
 * brace (replacer.go), so a lone `}` must stay as it is.
 */
export function literal(text: string): string {
  return text.includes('{') ? text.replace(/[{}]/g, '\\$&') : text;
}
