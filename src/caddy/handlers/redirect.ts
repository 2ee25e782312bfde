import type { Redirect } from '../../policy/schema/handler.ts';
import { literal } from '../placeholders.ts';
import type { CaddyHandler } from './context.ts';

export function redirect({ to, status, keep_path: keepPath }: Redirect): CaddyHandler {
  const location = keepPath ? `${literal(to.replace(/\/$/, ''))}{http.request.uri}` : literal(to);
  return { handler: 'static_response', headers: { Location: [location] }, status_code: status };
}

/** The same address by https. The host is one of the site's own, since its matcher let the request in. */
export function redirectToHttps(httpsPort: number): CaddyHandler {
  const port = httpsPort === 443 ? '' : `:${httpsPort}`;
  const location = `https://{http.request.host}${port}{http.request.uri}`;
  return { handler: 'static_response', headers: { Location: [location] }, status_code: 308 };
}
