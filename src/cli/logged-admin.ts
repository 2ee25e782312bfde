import type { AdminPort } from '../admin/port.ts';
import type { Log } from '../log.ts';

/** The same admin API, each call to it logged with its time and end; never what was sent or came back. */
export function loggedAdmin(admin: AdminPort, log: Log): AdminPort {
  const timed = async <T>(fields: object, call: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const end = (result: object): void => {
      log.debug({ ...fields, ...result, ms: Math.round(performance.now() - start) }, 'admin call');
    };
    try {
      const result = await call();
      end({ ok: true });
      return result;
    } catch (error) {
      end({ ok: false, failure: error instanceof Error && 'kind' in error ? error.kind : undefined });
      throw error;
    }
  };
  return {
    address: admin.address,
    read: (scope) => timed({ call: 'read', scope }, () => admin.read(scope)),
    write: (scope, body, base, options) =>
      timed({ call: 'write', scope, bytes: body.length }, () => admin.write(scope, body, base, options)),
    reloads: () => timed({ call: 'reloads' }, () => admin.reloads()),
    openRequests: () => timed({ call: 'openRequests' }, () => admin.openRequests()),
    adapt: (caddyfile) => timed({ call: 'adapt' }, () => admin.adapt(caddyfile)),
    probe: () => timed({ call: 'probe' }, () => admin.probe()),
    has: (directive) => timed({ call: 'has', directive }, () => admin.has(directive)),
  };
}
