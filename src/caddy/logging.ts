import type { Site } from '../ir/model.ts';
import { ownedId } from './ids.ts';
import type { JsonObject } from './json.ts';
import { verbatim } from './placeholders.ts';

const ACCESS_LOGGER = 'caddyctl';
const REDACTED = 'REDACTED';

/** The `logs` of a server: which hosts are logged. Undefined where none is. */
export function serverLogs(sites: readonly Site[]): JsonObject | undefined {
  const logged = sites.filter(({ log }) => log.value !== false).flatMap(({ hosts }) => hosts);
  if (logged.length === 0) return undefined;
  return {
    logger_names: Object.fromEntries(logged.toSorted().map((host) => [host, [ACCESS_LOGGER]])),
    skip_unmapped_hosts: true,
  };
}

/**
 * Caddy's default log with what the policies want redacted. It must be the default log, because errors are logged there
 * with the whole request, token and all, whether or not a site has an access log.
 */
export function loggingApp(sites: readonly Site[], owner: string): JsonObject | undefined {
  const rules = sites.flatMap(({ log }) => (log.value === false ? [] : [log.value]));
  const query = [...new Set(rules.flatMap((rule) => rule.redact_query))].toSorted();
  const headers = [...new Set(rules.flatMap((rule) => rule.redact_headers))].toSorted();
  if (query.length === 0 && headers.length === 0) return undefined;
  const inUri = {
    filter: 'query',
    actions: query.map((parameter) => ({ type: 'replace', parameter: verbatim(parameter), value: REDACTED })),
  };
  const fields = {
    ...(query.length > 0 && {
      'request>uri': inUri,
      'request>headers>Referer': inUri,
      'resp_headers>Location': inUri,
    }),
    ...Object.fromEntries(
      headers.flatMap((name) =>
        ['request>headers', 'resp_headers'].map((side) => [`${side}>${name}`, { filter: 'delete' }]),
      ),
    ),
  };
  const encoder = { format: 'filter', wrap: { format: 'json' }, fields };
  return { logs: { default: { '@id': ownedId(owner, 'log'), encoder } } };
}
