import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { rootCertificates, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Dial } from '../plan/listen.ts';
import type { Listener } from './check.ts';

/** A way to Caddy's listener, whatever DNS says. */
export interface Line {
  readonly dial: Dial;
  readonly to: Listener;
  /**
   * Only with a certificate that is trusted, for what others must not read. Else any is let through: whether it is right is a
   * check of its own, and a site with a wrong one shall still tell what else is wrong.
   */
  readonly verified: boolean;
  /** PEM of a CA to trust beside the system's. */
  readonly ca: string | undefined;
}

/** A connection, with the protocols of the listener or these offered. */
export function dialled(line: Line, protocols?: readonly string[]): Socket {
  const { dial, to } = line;
  return to.tls ? dialledSecurely(line, protocols ?? [to.http === 2 ? 'h2' : 'http/1.1']) : connectTcp(dial);
}

export function dialledSecurely({ dial, to, verified, ca }: Line, protocols: readonly string[]): TLSSocket {
  return connectTls({
    ...dial,
    // An address has no place in the handshake.
    ...(isIP(to.serverName) === 0 && { servername: to.serverName }),
    ALPNProtocols: [...protocols],
    rejectUnauthorized: verified,
    ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
  });
}

/** The handshake; rejects where there is none, as while Caddy has no certificate for the name. */
export function secured(socket: TLSSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    socket.once('secureConnect', () => resolve());
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
  });
}
