import type { Redirect } from '../../policy/schema/handler.ts';
import { placeholder } from '../placeholders.ts';
import type { CaddyHandler } from './context.ts';

export function redirect({ to, status, keep_path: keepPath }: Redirect): CaddyHandler {
  const location = keepPath ? `${to.replace(/\/$/, '')}${placeholder('http.request.uri')}` : to;
  return { handler: 'static_response', headers: { Location: [location] }, status_code: status };
}

/** The same address by https. The host is one of the site's own, since its matcher let the request in. */
export function redirectToHttps(httpsPort: number): CaddyHandler {
  const port = httpsPort === 443 ? '' : `:${httpsPort}`;
  const location = `https://${placeholder('http.request.host')}${port}${placeholder('http.request.uri')}`;
  return { handler: 'static_response', headers: { Location: [location] }, status_code: 308 };
}
