import type { Modifiers } from '../../ir/model.ts';
import type { ErrorPage } from '../../policy/schema/modifiers.ts';
import type { JsonObject } from '../json.ts';
import { literal } from '../placeholders.ts';
import type { CaddyHandler } from './context.ts';

/** The variable by which an error finds back to the pages of the route that it came from. */
const VARIABLE = 'caddyctl_errors';

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
  if (!status.endsWith('xx')) return { vars: { '{http.error.status_code}': [status] } };
  const from = Number(status.charAt(0)) * 100;
  return { expression: `int({http.error.status_code}) >= ${from} && int({http.error.status_code}) < ${from + 100}` };
}

function answer(page: ErrorPage): CaddyHandler {
  if ('redirect' in page) {
    return { handler: 'static_response', headers: { Location: [literal(page.redirect)] }, status_code: page.status };
  }
  const type = 'content_type' in page ? page.content_type : undefined;
  const status = 'status' in page ? page.status : undefined;
  return {
    handler: 'static_response',
    body: literal(page.body),
    ...(type !== undefined && { headers: { 'Content-Type': [literal(type)] } }),
    status_code: status ?? '{http.error.status_code}',
  };
}
