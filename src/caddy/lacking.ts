import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { RATE_LIMIT_MODULE } from './handlers/rate-limit.ts';
import { isJsonObject, type JsonValue } from './json.ts';
import type { RunningCaddy } from './target.ts';
import type { CaddyConfig } from './translate.ts';

/** What a finished config needs and the running Caddy lacks: where there is no policy line any more that asks for it. */
export function lackedBy({ modules }: RunningCaddy, { apps }: CaddyConfig): Diagnostic[] {
  if (modules.has(RATE_LIMIT_MODULE) || !hasHandler(apps, RATE_LIMIT_MODULE)) return [];
  const message = 'this Caddy has no rate_limit module, which the revision needs';
  return [{ code: 'missing-module', severity: 'error', message, hint: 'build it with xcaddy and caddy-ratelimit' }];
}

function hasHandler(value: JsonValue, name: string): boolean {
  if (Array.isArray(value)) return value.some((item: JsonValue) => hasHandler(item, name));
  if (!isJsonObject(value)) return false;
  return value['handler'] === name || Object.values(value).some((item) => hasHandler(item, name));
}
