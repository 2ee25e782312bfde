import type { App } from './backend.ts';

/** One app of several: the first whose path is the request's, or whose path ends in `/*` and covers it; else `otherwise`. */
export function routes(table: Readonly<Record<string, App>>, otherwise: App): App {
  return (request, response, contact) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    for (const [pattern, app] of Object.entries(table)) {
      if (pattern === path || (pattern.endsWith('/*') && path.startsWith(pattern.slice(0, -1)))) {
        app(request, response, contact);
        return;
      }
    }
    otherwise(request, response, contact);
  };
}
