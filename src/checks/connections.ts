import { Agent, type ClientRequestArgs } from 'node:http';
import type { Socket } from 'node:net';
import { dialled, type Line } from './dialled.ts';

/**
 * Connections that the questions of one run share: most of what a short question costs is its connection. They end with the
 * run, for one of before a push might still lead to what Caddy served then.
 */
export class Connections extends Agent {
  constructor() {
    super({ keepAlive: true });
  }

  override getName(options: Parameters<Agent['getName']>[0] = {}): string {
    const { dial, to, verified, ca } = lineOf(options);
    const place = 'path' in dial ? dial.path : `${dial.host} ${dial.port}`;
    // Plain connections carry any host; one with TLS is for the name of its handshake.
    return to.tls ? JSON.stringify([place, to.serverName, to.http, verified, ca]) : place;
  }

  override createConnection(options: ClientRequestArgs): Socket {
    return dialled(lineOf(options));
  }
}

/** What Node takes as options of a request, with the way that it goes. */
export function through(connections: Connections, line: Line): ClientRequestArgs {
  return { agent: connections, line } as ClientRequestArgs;
}

function lineOf(options: object): Line {
  return (options as { readonly line: Line }).line;
}
