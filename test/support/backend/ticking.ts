import type { App } from './backend.ts';
import { serverSentEvent } from './stream.ts';

/** A stream that tells of itself every few milliseconds, and ends after `most` events. */
export function ticking(every = 40, most = Number.POSITIVE_INFINITY): App {
  return (request, response) => {
    request.resume();
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
    let number = 0;
    const timer = setInterval(() => {
      number++;
      response.write(serverSentEvent(number));
      if (number >= most) response.end();
    }, every);
    response.on('close', () => clearInterval(timer));
  };
}
