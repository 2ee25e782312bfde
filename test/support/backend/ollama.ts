import type { App } from './backend.ts';
import { echo } from './echo.ts';

/**
 * Ollama's own two rules, without its settings for them. A Host that does not mean this machine is refused, as protection
 * from DNS rebinding; the port is not looked at. So is an Origin that is no page of this machine, as protection from
 * strange web pages. Both are an empty 403.
 */
export function ollama(answers: App = echo('ollama')): App {
  return (request, response, contact) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const { origin } = request.headers;
    const near = origin === undefined || /^https?:\/\/(localhost|127\.0\.0\.1|0\.0\.0\.0)(:\d+)?$/.test(origin);
    if (near && (host === 'localhost' || host === '127.0.0.1')) answers(request, response, contact);
    else response.writeHead(403, { 'Content-Length': '0' }).end();
  };
}
