import type { Step } from '../answer.ts';
import { cleanPath } from '../clean-path.ts';
import { goText, lowered, percentDecoded } from '../go-text.ts';
import { pathTest } from '../match/path.ts';
import type { Place } from '../place.ts';
import { encoded, isWellFormed, type Target, uriOf } from '../target.ts';

type Path = Pick<Target, 'path' | 'escapedPath'>;

/** The target as the app gets it. */
export function rewritten({ modifiers: { rewrite }, received: { target, path: asked } }: Place): Target {
  if (!rewrite) return target;
  const { strip_prefix: strip, add_prefix: add, path } = rewrite.value;
  if (path !== undefined) return { ...target, path, escapedPath: encoded(new TextEncoder().encode(path)) };
  const prefix = strip?.replace(/\/$/, '') ?? '';
  const isBelow =
    prefix !== '' && pathTest({ exact: false, segments: prefix.slice(1).split('/'), slash: false })(asked);
  const rest = isBelow ? changed(target, (text) => withoutPrefix(cleanPath(text), prefix)) : target;
  if (!isBelow && add === undefined) return target;
  return { ...target, ...changed(rest, (text) => `${add ?? ''}/${text.replace(/^\//, '')}`) };
}

export function rewriteStep(place: Place): Step[] {
  const { rewrite } = place.modifiers;
  if (!rewrite) return [];
  const says = `${uriOf(place.received.target)} → ${uriOf(rewritten(place))}`;
  return [{ kind: 'rewrite', verdict: 'passes', says, origin: rewrite.origin }];
}

/** Caddy changes the encoded path and decodes what comes of it; what is no path then is encoded anew. */
function changed({ path, escapedPath }: Path, change: (text: string) => string): Path {
  const raw = change(escapedPath);
  const bytes = percentDecoded(raw);
  const decoded = bytes && goText(bytes);
  if (bytes === undefined || decoded === undefined) {
    const changedPath = change(path);
    return { path: changedPath, escapedPath: encoded(new TextEncoder().encode(changedPath)) };
  }
  // What was not encoded at all is encoded anew, and then a `*` is, too.
  return { path: decoded, escapedPath: isWellFormed(raw) && raw !== decoded ? raw : encoded(bytes) };
}

/** Compares letter by letter, whatever their case and whether they are encoded. */
function withoutPrefix(escapedPath: string, prefix: string): string {
  const pieces = escapedPath.match(/%[0-9A-Fa-f]{2}|[^]/g) ?? [];
  const wanted = [...new TextEncoder().encode(prefix)];
  const fits = wanted.every((byte, index) => {
    const piece = pieces[index];
    const code = piece?.length === 3 ? Number.parseInt(piece.slice(1), 16) : piece?.charCodeAt(0);
    return code !== undefined && lowered(String.fromCharCode(code)) === lowered(String.fromCharCode(byte));
  });
  return fits ? pieces.slice(wanted.length).join('') : escapedPath;
}
