import type { JsonObject } from '../../src/caddy/json.ts';
import { http1 } from './client/http1.ts';

/** The scope `apps` with one plain server that says `body` on every path. */
export function staticApp(port: number, body: string, matchers: readonly JsonObject[] = []): JsonObject {
  const route = {
    ...(matchers.length === 0 ? {} : { match: matchers }),
    handle: [{ handler: 'static_response', body }],
  };
  return {
    http: { servers: { test: { listen: [`127.0.0.1:${port}`], automatic_https: { disable: true }, routes: [route] } } },
  };
}

/** Caddy's loader panics on it: a CEL matcher as an object without a name. */
export const PANICKING_MATCHER: JsonObject = { expression: { expr: 'true' } };

/** What is served there now, on a connection of its own: a reload may close one that was kept. */
export async function says(port: number): Promise<string> {
  return (await http1({ host: '127.0.0.1', port })).body;
}
