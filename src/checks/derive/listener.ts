import { certificateKind } from '../../caddy/tls.ts';
import type { Check, HeaderExpectation, Probe } from '../check.ts';
import { admitted } from './entry.ts';
import { checkOf, isWildcard, type Spot, unchecked } from './spot.ts';

/** Name, dates and chain of the certificate of each host. */
export function certificate(spot: Spot, internalCa: boolean): Check[] {
  if (!spot.to.tls) return [];
  const { tls } = spot.site;
  const kind = certificateKind(spot.site, spot.host, { internalCa });
  const make = (name: 'certificate' | 'chain', says: string, probe: Probe) =>
    checkOf(spot, { name, detail: '', says, origin: tls.origin, probe });
  const names = `the certificate is for ${spot.host}, and valid now`;
  if (kind === 'on_demand' && isWildcard(spot))
    return [make('certificate', names, unchecked('each name that is asked for would get a certificate of its own'))];
  const chain = kind === 'internal' || kind === 'files' ? kind : 'public';
  return [
    make('certificate', names, { kind: 'certificate', to: spot.to }),
    make('chain', 'the certificate leads to a CA that is trusted', { kind: 'certificate', to: spot.to, chain }),
  ];
}

/** HTTP/2 is spoken; of HTTP/3 it is only seen whether it is offered. */
export function protocols(spot: Spot): Check[] {
  if (!spot.to.tls || spot.to.at.startsWith('unix/')) return [];
  const { value: wanted, origin } = spot.site.protocols;
  const make = (detail: string, says: string, probe: Probe) =>
    checkOf(spot, { name: 'protocols', detail, says, origin, probe });
  const ask = { method: 'GET', target: '/', host: spot.asked };
  const entry = admitted(spot, ask);
  const isShutOut = 'reason' in entry && /certificate/.test(entry.reason);
  const isOffered = wanted.includes('h3');
  const rule: HeaderExpectation['rule'] = { kind: isOffered ? 'contains' : 'lacks', text: 'h3=' };
  const expects = { headers: [{ name: 'Alt-Svc', rule }] };
  const h3: Probe = isShutOut ? unchecked(entry.reason) : { kind: 'answer', to: spot.to, asks: [ask], expects };
  const h2: Probe = isShutOut ? unchecked(entry.reason) : { kind: 'protocol', to: spot.to, protocol: 'h2' };
  return [
    ...(wanted.includes('h2') ? [make('h2', 'HTTP/2 is spoken', h2)] : []),
    make('h3', `HTTP/3 is ${isOffered ? '' : 'not '}offered`, h3),
  ];
}

/** A name that nobody has is a 421, in a handshake that asks for one that is there. */
export function unknownHost(spot: Spot): Check {
  const { at } = spot.to;
  const ask = { method: 'GET', target: '/', host: 'caddyctl-check.invalid' };
  const probe: Probe = { kind: 'answer', to: spot.to, asks: [ask], expects: { status: { oneOf: [421] } } };
  const says = `a host that no site has is a 421 at ${at}`;
  return {
    ...checkOf(spot, { name: 'unknown_host', detail: at, says, origin: spot.site.origin, probe }),
    id: `unknown_host ${at}`,
  };
}
