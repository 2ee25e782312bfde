import type { Files } from '../../policy/schema/handler.ts';
import { placeholder } from '../placeholders.ts';
import type { CaddyHandler } from './context.ts';

/** Names that begin with a dot: `.git` and `.env` are what every scanner asks for. `.well-known` is public by its nature. */
const HIDDEN = ['.[^w]*', '.w[^e]*'];

export function files({ root, browse, fallback }: Files): CaddyHandler[] {
  const serve: CaddyHandler = {
    handler: 'file_server',
    root,
    hide: HIDDEN,
    ...(browse && { browse: {} }),
  };
  if (fallback === undefined) return [serve];
  const match = [{ file: { root, try_files: [placeholder('http.request.uri.path'), fallback] } }];
  const rewrite = { handler: 'rewrite', uri: placeholder('http.matchers.file.relative') };
  return [{ handler: 'subroute', routes: [{ match, handle: [rewrite] }] }, serve];
}
