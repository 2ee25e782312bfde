import type { App } from './backend.ts';
import { echo } from './echo.ts';

/**
 * Ollama's own rule: a Host that does not mean this machine is refused with an empty 403, as protection from DNS rebinding.
 * The port is not looked at.
 */
export function ollama(answers: App = echo('ollama')): App {
  return (request, response, contact) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (host === 'localhost' || host === '127.0.0.1') answers(request, response, contact);
    else response.writeHead(403, { 'Content-Length': '0' }).end();
  };
}
