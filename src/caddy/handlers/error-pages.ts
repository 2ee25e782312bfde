import type { Modifiers } from '../../ir/model.ts';
import type { ErrorPage } from '../../policy/schema/modifiers.ts';
import type { JsonObject } from '../json.ts';
import { placeholder } from '../placeholders.ts';
import type { CaddyHandler } from './context.ts';

/** The variable by which an error finds back to the pages of the route that it came from. */
const VARIABLE = 'caddyctl_errors';

const STATUS = placeholder('http.error.status_code');

/** Remembers whose error pages hold. Errors are handled by other routes, which see neither our path nor our matchers. */
export function rememberErrorPages({ errors }: Modifiers, id: string): CaddyHandler[] {
  return errors.size > 0 ? [{ handler: 'vars', [VARIABLE]: id }] : [];
}

/** The error route of one route's pages. A single status before its class, whatever the order written. */
export function errorRoute({ errors }: Modifiers, id: string): JsonObject {
  const pages = [...errors].toSorted(
    ([a], [b]) => Number(a.endsWith('xx')) - Number(b.endsWith('xx')) || (a < b ? -1 : 1),
  );
  const routes = pages.map(([status, { value }]) => ({
    match: [statusMatcher(status)],
    handle: [answer(value)],
    terminal: true,
  }));
  return {
    '@id': `${id}-errors`,
    match: [{ vars: { [VARIABLE]: [id] } }],
    handle: [{ handler: 'subroute', routes }],
    terminal: true,
  };
}

function statusMatcher(status: string): JsonObject {
  if (!status.endsWith('xx')) return { vars: { [STATUS]: [status] } };
  const from = Number(status.charAt(0)) * 100;
  return { expression: `int(${STATUS}) >= ${from} && int(${STATUS}) < ${from + 100}` };
}

function answer(page: ErrorPage): CaddyHandler {
  if ('redirect' in page) {
    return { handler: 'static_response', headers: { Location: [page.redirect] }, status_code: page.status };
  }
  const type = 'content_type' in page ? page.content_type : undefined;
  const status = 'status' in page ? page.status : undefined;
  return {
    handler: 'static_response',
    body: page.body,
    ...(type !== undefined && { headers: { 'Content-Type': [type] } }),
    status_code: status ?? STATUS,
  };
}
