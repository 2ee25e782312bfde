import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { bracket, type StatusAddress } from './address.ts';
import { type Answer, refusal } from './answer.ts';

export interface Asked {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Why a request is turned away; undefined where it may look. `token` is what it must bring, if anything, but to a probe, which
 * can keep no secret.
 */
export function turnedAway(
  { method, headers }: Asked,
  address: StatusAddress,
  token: string | undefined,
  isProbe: boolean,
): Answer | undefined {
  if (method !== 'GET' && method !== 'HEAD') {
    const message = 'the status can only be read';
    return refusal(405, { reason: 'method', message, hint: 'use GET' }, { allow: 'GET, HEAD', connection: 'close' });
  }
  // A page of another site can have a browser ask, and must not even take up room here.
  const from = headers['sec-fetch-site'];
  if ((from === 'cross-site' || from === 'same-site') && headers['sec-fetch-mode'] !== 'navigate') {
    return refusal(403, { reason: 'cross-site', message: 'the status is not for pages of other sites' });
  }
  // Who has the token was not tricked into asking here; a browser keeps it to the name that it was given for.
  if (token !== undefined) return isProbe || hasToken(headers.authorization, token) ? undefined : unauthorized;
  return isOurName(headers.host, address) ? undefined : misdirected;
}

/** Whether the one who asks has the token, if there is any to have. */
export function isTrusted({ headers }: Asked, token: string | undefined): boolean {
  return token === undefined || hasToken(headers.authorization, token);
}

/** By DNS a stranger's name can lead here, and a browser would then let the stranger's page read. */
function isOurName(host: string | undefined, address: StatusAddress): boolean {
  // No browser gets to a Unix socket.
  if (address.kind === 'unix') return true;
  const names = ['localhost', '127.0.0.1', '[::1]', bracket(address.host)];
  const given = host?.toLowerCase();
  return names.some((name) => given === `${name}:${address.port}` || (address.port === 80 && given === name));
}

/** As a bearer, or as the password of anybody, which is what a browser can ask its user for. */
function hasToken(authorization: string | undefined, token: string): boolean {
  const [, scheme = '', credentials = ''] = /^(bearer|basic) +(\S+)$/i.exec(authorization ?? '') ?? [];
  const given =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(credentials, 'base64')
          .toString()
          .replace(/^[^:]*:/, '')
      : credentials;
  // Of digests, so that neither the length nor the first difference shows in the time.
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

const unauthorized = refusal(
  401,
  { reason: 'token', message: 'the status asks for its token', hint: 'send it as a bearer, or as the password' },
  // On lines of their own: browsers do not find the second one of a list.
  { 'www-authenticate': ['Bearer realm="caddyctl"', 'Basic realm="caddyctl", charset="UTF-8"'] },
);

const misdirected = refusal(421, {
  reason: 'host',
  message: 'this name does not belong to the status server',
  hint: 'ask by the address that it listens on; to reach it by another name, give it a token',
});
