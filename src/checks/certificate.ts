import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls';
import { dialledSecurely, type Line, secured } from './dialled.ts';
import type { Verdict } from './result.ts';

/** The name and the dates; with `chain`, whether it leads to a CA that is trusted. */
export async function checkCertificate(
  line: Line,
  chain: 'internal' | 'files' | 'public' | undefined,
  signal: AbortSignal,
): Promise<Verdict> {
  const socket = dialledSecurely(line, ['h2', 'http/1.1']);
  try {
    await secured(socket, signal);
    const certificate = socket.getPeerCertificate();
    return chain === undefined ? identity(certificate, line.to.serverName) : trust(socket, chain, line.ca);
  } finally {
    socket.destroy();
  }
}

function identity(certificate: PeerCertificate, host: string): Verdict {
  const expected = `a certificate for ${host}, valid now`;
  const wrong = checkServerIdentity(host, certificate);
  if (wrong) return { outcome: 'failed', expected, got: certificate.subjectaltname ?? 'one without a name' };
  const [from, to] = [Date.parse(certificate.valid_from), Date.parse(certificate.valid_to)];
  const now = Date.now();
  if (now >= from && now <= to) return { outcome: 'passed' };
  return { outcome: 'failed', expected, got: `one from ${certificate.valid_from} to ${certificate.valid_to}` };
}

function trust(socket: TLSSocket, chain: 'internal' | 'files' | 'public', ca: string | undefined): Verdict {
  // A wrong name is told by the other check.
  const reason = String(socket.authorizationError ?? '');
  if (socket.authorized || /ALTNAME/.test(reason)) return { outcome: 'passed' };
  if (ca === undefined && chain !== 'public') {
    const who = chain === 'internal' ? "Caddy's own CA" : 'a CA that this machine does not trust';
    return { outcome: 'skipped', reason: `signed by ${who}: --ca names its root` };
  }
  return { outcome: 'failed', expected: 'a chain to a CA that is trusted', got: reason };
}
