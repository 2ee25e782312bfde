import { describe, expect, test } from 'vitest';
import { AdminError } from '../../src/admin/errors.ts';
import type { AdminPort, Live } from '../../src/admin/port.ts';
import { loggedAdmin } from '../../src/cli/logged-admin.ts';
import { type Log, silentLog } from '../../src/log.ts';

const live: Live = { value: { secret: 'in the config' }, etag: '"x"' };

function portThat(more: Partial<AdminPort>): AdminPort {
  const unexpected = async (): Promise<never> => {
    throw new Error('not expected to be called');
  };
  return {
    address: 'localhost:2019',
    read: unexpected,
    write: unexpected,
    reloads: unexpected,
    openRequests: unexpected,
    adapt: unexpected,
    probe: unexpected,
    has: unexpected,
    ...more,
  };
}

function recording(): { readonly log: Log; readonly lines: object[] } {
  const lines: object[] = [];
  return { log: { ...silentLog, debug: (fields, message) => void lines.push({ ...fields, message }) }, lines };
}

describe('loggedAdmin', () => {
  test('passes calls and results on, and logs neither', async () => {
    const { log, lines } = recording();
    const written: unknown[] = [];
    const admin = loggedAdmin(
      portThat({
        read: async () => live,
        write: async (...given) => void written.push(given),
        has: async (directive) => directive === 'rate_limit',
      }),
      log,
    );
    expect(admin.address).toBe('localhost:2019');
    expect(await admin.read('apps')).toBe(live);
    await admin.write('apps', '{"secret":1}', live, { force: true });
    expect(written).toEqual([['apps', '{"secret":1}', live, { force: true }]]);
    expect(await admin.has('rate_limit')).toBe(true);
    const ms = expect.any(Number) as number;
    expect(lines).toEqual([
      { call: 'read', scope: 'apps', ok: true, ms, message: 'admin call' },
      { call: 'write', scope: 'apps', bytes: 12, ok: true, ms, message: 'admin call' },
      { call: 'has', directive: 'rate_limit', ok: true, ms, message: 'admin call' },
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  test('logs the kind of a failure and throws it', async () => {
    const { log, lines } = recording();
    const failure = new AdminError('localhost:2019', { kind: 'unreachable', reason: 'nothing listens there' });
    const admin = loggedAdmin(
      portThat({
        probe: async () => {
          throw failure;
        },
      }),
      log,
    );
    await expect(admin.probe()).rejects.toBe(failure);
    expect(lines).toMatchObject([{ call: 'probe', ok: false, failure: 'unreachable' }]);
  });
});
