import { assertNever } from '../../diagnostics/assert-never.ts';
import type { Handler, Modifiers, Route } from '../../ir/model.ts';
import { accessRules, forgeryGuard } from './access.ts';
import { authentication } from './auth.ts';
import { bodyLimit } from './body-limit.ts';
import { compression } from './compress.ts';
import { type CaddyHandler, fail, type RouteContext, withoutLog } from './context.ts';
import { cors } from './cors.ts';
import { rememberErrorPages } from './error-pages.ts';
import { files } from './files.ts';
import { requestDefaults, responseHeaders } from './headers.ts';
import { proxy } from './proxy.ts';
import { rateLimit } from './rate-limit.ts';
import { redirect } from './redirect.ts';
import { respond } from './respond.ts';
import { rewriting } from './rewrite.ts';
import { dotSegmentGuard } from './target.ts';
import type { JsonValue } from '../json.ts';
import { verbatimAll } from '../placeholders.ts';

/**
 * All that a request passes on one route, in the one order that is safe: headers first, so that they stand on every
 * refusal; then who may come in, cheapest question first; then the body; and the app last.
 */
export function routeHandlers(route: Route, id: string, context: RouteContext): CaddyHandler[] {
  const { modifiers, handler } = route;
  const isProxy = handler.kind === 'proxy';
  return [
    ...withoutLog(context),
    ...rememberErrorPages(modifiers, id),
    ...responseHeaders(modifiers, context, isProxy || handler.kind === 'raw' || handler.kind === 'files'),
    ...cors(modifiers),
    ...accessRules(modifiers, context),
    ...rateLimit(modifiers, id, context),
    ...(isProxy || modifiers.authUpstream ? forgeryGuard(context) : []),
    ...authentication(modifiers, isProxy && handler.upstream.facts.sensitive, context),
    ...(isProxy ? [dotSegmentGuard] : []),
    ...bodyLimit(modifiers),
    ...compression(route),
    ...(isProxy ? requestDefaults(modifiers) : []),
    ...rewriting(route),
    ...ending(handler, modifiers, context),
  ];
}

/** The handlers that answer: one kind each. */
function ending(handler: Handler, modifiers: Modifiers, context: RouteContext): readonly CaddyHandler[] {
  switch (handler.kind) {
    case 'proxy':
      return [proxy(handler.upstream, modifiers, context)];
    case 'respond':
      return [respond(handler)];
    case 'redirect':
      return [redirect(handler)];
    case 'files':
      return files(handler);
    case 'deny':
      return [fail(handler.status)];
    case 'raw':
      return verbatimAll(handler.handlers as JsonValue) as unknown as readonly CaddyHandler[];
    default:
      return assertNever(handler);
  }
}
