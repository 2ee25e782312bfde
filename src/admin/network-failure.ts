import { type RequestError, TimeoutError } from 'got';
import type { AdminAddress } from './address.ts';
import type { AdminFailure } from './errors.ts';

interface NetworkFailure {
  readonly ok: false;
  readonly failure: AdminFailure;
  readonly sent: boolean;
}

/** What an error of the connection means. `sent` is false only where it is certain that Caddy has not seen the request. */
export function failureOf(error: RequestError, address: AdminAddress): NetworkFailure {
  const https = address.kind === 'tcp' && address.protocol === 'https';
  const connected = (https ? error.timings?.secureConnect : error.timings?.connect) !== undefined;
  if (error instanceof TimeoutError) {
    const milliseconds = Number(/for (\d+)ms/.exec(error.message)?.[1]);
    if (connected) return { ok: false, failure: { kind: 'timeout', milliseconds, busy: false }, sent: true };
    return unsent({ kind: 'unreachable', reason: `no connection within ${milliseconds} ms` });
  }
  // With TLS 1.3 a refusal of the client's certificate comes after our side has finished the handshake.
  if (/ALERT/.test(error.code) && /CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED/.test(error.code)) {
    return unsent({ kind: 'unauthorised', reason: 'it wants a client certificate that it knows' });
  }
  // A listener that Caddy is just replacing resets connections that it has not accepted: better asked about than reported.
  if (connected || (error.code === 'ECONNRESET' && !https)) return { ok: false, failure: brokenOff(error), sent: true };
  if (https && error.timings?.connect !== undefined) return unsent(handshakeFailure(error));
  if (/^ERR_(OSSL|SSL|CRYPTO)/.test(error.code)) {
    return unsent({
      kind: 'unreachable',
      tls: true,
      reason: `the client certificate, its key or the authority cannot be used (${error.code})`,
    });
  }
  return unsent({ kind: 'unreachable', reason: connectReason(error, address) });
}

function unsent(failure: AdminFailure): NetworkFailure {
  return { ok: false, failure, sent: false };
}

function brokenOff(error: RequestError): AdminFailure {
  if (error.code.startsWith('HPE_')) return { kind: 'protocol', reason: `its answer is not HTTP (${error.code})` };
  return { kind: 'unreachable', reason: `the connection broke off (${error.code})` };
}

function handshakeFailure(error: RequestError): AdminFailure {
  if (/wrong version number|packet length too long/i.test(error.message))
    return { kind: 'protocol', reason: 'it does not speak TLS' };
  const alert = /alert ([a-z ]+)/.exec(error.message)?.[1];
  // Caddy says "internal error" when it has no certificate for the name that was asked for.
  if (alert !== undefined)
    return { kind: 'unreachable', tls: true, reason: `it ended the TLS handshake with "${alert}"` };
  if (error.code === 'ECONNRESET') return { kind: 'unreachable', tls: true, reason: 'it ended the TLS handshake' };
  return {
    kind: 'unreachable',
    tls: true,
    reason: `its certificate is not accepted: ${error.message} (${error.code})`,
  };
}

function connectReason(error: RequestError, address: AdminAddress): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return address.kind === 'unix' ? 'the socket is there, but nothing listens on it' : 'nothing listens there';
    case 'ENOENT':
      return 'there is no such socket';
    case 'ENOTSOCK':
      return 'that file is no socket';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not open it';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name is not known';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no way to that host';
    default:
      return error.code;
  }
}
