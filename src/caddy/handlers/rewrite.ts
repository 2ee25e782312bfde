import type { Modifiers } from '../../ir/model.ts';
import { literal } from '../placeholders.ts';
import type { CaddyHandler } from './context.ts';

export function rewriting({ rewrite }: Modifiers): CaddyHandler[] {
  if (!rewrite) return [];
  const { strip_prefix: strip, add_prefix: add, path } = rewrite.value;
  if (path !== undefined) return [{ handler: 'rewrite', uri: literal(path) }];
  return [
    {
      handler: 'rewrite',
      ...(strip !== undefined && { strip_path_prefix: literal(strip) }),
      // A pattern on the path, and not `uri: /prefix{…uri}`, which would read a `?` that was encoded in the path as a query.
      // What is stripped to nothing has no slash left to match.
      ...(add !== undefined && { path_regexp: [{ find: '^/?', replace: `${literal(add).replaceAll('$', '$$$$')}/` }] }),
    },
  ];
}
