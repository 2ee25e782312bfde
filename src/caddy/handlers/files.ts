import type { Files } from '../../policy/schema/handler.ts';
import { literal } from '../placeholders.ts';
import type { CaddyHandler } from './context.ts';

/** Names that begin with a dot: `.git` and `.env` are what every scanner asks for. `.well-known` is public by its nature. */
const HIDDEN = ['.[^w]*', '.w[^e]*'];

export function files({ root, browse, fallback }: Files): CaddyHandler[] {
  const serve: CaddyHandler = {
    handler: 'file_server',
    root: literal(root),
    hide: HIDDEN,
    ...(browse && { browse: {} }),
  };
  if (fallback === undefined) return [serve];
  const match = [{ file: { root: literal(root), try_files: ['{http.request.uri.path}', literal(fallback)] } }];
  const rewrite = { handler: 'rewrite', uri: '{http.matchers.file.relative}' };
  return [{ handler: 'subroute', routes: [{ match, handle: [rewrite] }] }, serve];
}
