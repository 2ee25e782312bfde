import type { AdminAddress } from './address.ts';
import { readConfig } from './config-read.ts';
import { writeConfig } from './config-write.ts';
import { readOpenRequests } from './open-requests.ts';
import type { AdminPort } from './port.ts';
import { adapt, hasDirective, probe } from './probe.ts';
import { readReloads } from './reloads.ts';
import { DEFAULT_TIMEOUTS, type Timeouts } from './timeouts.ts';
import { createTransport, type TlsFiles } from './transport.ts';
import type { Wire } from './wire.ts';

export interface AdminOptions {
  readonly tls?: TlsFiles;
  readonly timeouts?: Partial<Timeouts>;
}

/** Opens nothing until it is asked something, and needs no closing: its idle connections keep no process alive. */
export function createAdmin(address: AdminAddress, options: AdminOptions = {}): AdminPort {
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const wire: Wire = {
    address: address.text,
    timeouts,
    transport: createTransport(address, options.tls ?? {}, timeouts),
  };
  return {
    address: address.text,
    read: (scope) => readConfig(wire, scope),
    write: (scope, body, base, writeOptions = {}) => writeConfig(wire, scope, body, base, writeOptions.force ?? false),
    reloads: () => readReloads(wire),
    openRequests: () => readOpenRequests(wire),
    adapt: (caddyfile) => adapt(wire, caddyfile),
    probe: () => probe(wire),
    has: (directive) => hasDirective(wire, directive),
  };
}
