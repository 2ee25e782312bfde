import { isIPv4 } from 'node:net';

const PRIVATE_ADDRESS = /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./;
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|home\.arpa)$/;

/**
 * Whether a public authority could sign for a host. Caddy makes the others' certificates itself, unless a policy says
 * ACME for them, which can only fail. As Caddy decides (certmagic, SubjectQualifiesForPublicCert), and names of one label.
 */
export function isPublicName(host: string): boolean {
  if (isIPv4(host)) return !PRIVATE_ADDRESS.test(host);
  const labels = host.split('.').length;
  return !PRIVATE_NAME.test(host) && labels > (host.startsWith('*.') ? 2 : 1);
}

/** A wildcard stands for one label, as in a certificate. */
export function isBelow(host: string, wildcard: string): boolean {
  return wildcard.startsWith('*.') && host.slice(host.indexOf('.')) === wildcard.slice(1);
}
