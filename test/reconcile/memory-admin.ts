import { AdminError, type AdminFailure } from '../../src/admin/errors.ts';
import type { AdminPort, Live, Scope } from '../../src/admin/port.ts';
import { canonical, type JsonValue } from '../../src/caddy/json.ts';

export interface MemoryAdmin extends AdminPort {
  readonly state: Record<Scope, JsonValue>;
  readonly writes: Scope[];
  /** Called before each write is looked at; what it throws is the write's answer. */
  onWrite: (scope: Scope, next: JsonValue) => void;
  /** Called before each read is answered. */
  onRead: (scope: Scope) => void;
}

/** A Caddy's config without a Caddy: etags of the content, and 412 for a base that is no longer there. */
export function memoryAdmin(state: Partial<Record<Scope, JsonValue>> = {}): MemoryAdmin {
  const address = 'memory';
  const live: Record<Scope, JsonValue> = { apps: null, logging: null, ...state };
  const etagOf = (scope: Scope): string =>
    // As in Caddy: where there is no config at all, the etag is that of the whole.
    live.apps === null && live.logging === null ? '"/config/ null"' : `"/config/${scope} ${canonical(live[scope])}"`;
  const admin: MemoryAdmin = {
    address,
    state: live,
    writes: [],
    onWrite: () => {},
    onRead: () => {},
    async read(scope) {
      admin.onRead(scope);
      return { value: structuredClone(live[scope]), etag: etagOf(scope) };
    },
    async write(scope: Scope, body: string, base: Live) {
      const next = JSON.parse(body) as JsonValue;
      if (body === '{}' || next === null) throw new Error('bug: this would wipe');
      admin.onWrite(scope, next);
      if (base.etag !== etagOf(scope)) throw new AdminError(address, { kind: 'conflict' });
      live[scope] = next;
      admin.writes.push(scope);
    },
    reloads: async () => undefined,
    openRequests: async () => undefined,
    adapt: async () => ({ ok: true }),
    probe: async () => ({ level: '2.11.3' }),
    has: async () => false,
  };
  return admin;
}

export function refusal(failure: AdminFailure): AdminError {
  return new AdminError('memory', failure);
}
