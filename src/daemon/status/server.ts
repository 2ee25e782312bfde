import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { StatusAddress } from './address.ts';
import { type Answer, refusal } from './answer.ts';
import type { EventStreams } from './events.ts';
import { turnedAway } from './gate.ts';
import { answerTo, type Content, probePaths } from './routes.ts';

export interface ServerParts extends Content {
  readonly address: StatusAddress;
  readonly streams: EventStreams;
  /** Of a bug in answering. */
  readonly failed: (error: unknown) => void;
}

/** More would cost memory, and nobody needs them. */
const mostConnections = 256;
/** Milliseconds without a byte: until something is asked, and until an answer is taken, also by a stream's reader. */
const silence = { before: 5_000, during: 30_000 };

/** The status server, not yet listening. It only reads, and whoever holds on to it harms neither it nor the daemon. */
export function createStatusServer(parts: ServerParts): Server {
  const server = createServer({
    maxHeaderSize: 8 * 1_024,
    headersTimeout: 5_000,
    requestTimeout: 10_000,
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: 1_000,
  });
  const makeRoom = boundConnections(server);
  server.on('connection', makeRoom);
  server.on('request', (request, response) => {
    respond(request, response, parts).catch((error: unknown) => {
      parts.failed(error);
      response.destroy();
    });
  });
  return server;
}

async function respond(request: IncomingMessage, response: ServerResponse, parts: ServerParts): Promise<void> {
  const { address, token, streams } = parts;
  const path = request.url?.split('?', 1)[0] ?? '';
  const refused = turnedAway(request, address, token, probePaths.includes(path));
  if (refused !== undefined) return send(request, response, refused);
  if (path !== '/api/events') return send(request, response, await answerTo(path, request, parts));
  if (!streams.hasRoom()) return send(request, response, crowded);
  response.writeHead(200, { ...strict, 'content-type': 'text/event-stream' });
  if (request.method === 'HEAD') response.end();
  else streams.add(response);
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, body, headers }: Answer): void {
  response.writeHead(status, {
    ...strict,
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** On each answer: kept nowhere, framed nowhere, run nowhere but on the page's own, and told to no other site. */
const strict = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const crowded = refusal(
  503,
  { reason: 'streams', message: 'too many follow the status already', hint: 'ask for /api/status from time to time' },
  { 'retry-after': '30' },
);

/** Where there are too many, the one that has been idle for longest goes, so that a new one is always heard. */
function boundConnections(server: Server): (socket: Socket) => void {
  const idle = new Set<Socket>();
  let open = 0;
  server.on('request', ({ socket }, response) => {
    idle.delete(socket);
    socket.setTimeout(silence.during);
    response.on('close', () => !socket.destroyed && idle.add(socket));
  });
  return (socket) => {
    open++;
    idle.add(socket);
    socket.setTimeout(silence.before);
    socket.on('close', () => {
      open--;
      idle.delete(socket);
    });
    const [longest = socket] = idle;
    if (open > mostConnections) longest.destroy();
  };
}
