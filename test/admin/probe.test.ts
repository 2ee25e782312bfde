import { afterEach, expect, test } from 'vitest';
import { LADDER, LEVELS, isAtLeast } from '../../src/caddy/capabilities.ts';
import { adminFor, errorOf, failureOf } from '../support/admin-client.ts';
import { type FakeAdmin, refusal, startFakeAdmin } from '../support/fake-admin.ts';

let fake: FakeAdmin;
afterEach(() => fake.stop());

/** Knows the directives of the rungs up to `level`. */
function caddyAt(level: string) {
  const known = LADDER.slice(LADDER.findIndex((rung) => rung.level === level)).map((rung) => rung.caddyfile);
  return startFakeAdmin(({ body }) =>
    known.includes(body)
      ? { headers: { 'content-type': 'application/json' }, body: '{"result":{}}' }
      : refusal(400, 'adapting config using caddyfile adapter: unrecognized subdirective x'),
  );
}

test.each(LADDER.map((rung, index) => [rung.level, index + 1] as const))(
  '%s is known after %d requests',
  async (level, requests) => {
    fake = await caddyAt(level);
    expect(await adminFor(fake.address).probe()).toEqual({ level });
    expect(fake.asked.map(({ line }) => line)).toEqual(Array.from({ length: requests }, () => 'POST /adapt'));
  },
);

test('below the ladder is too old', async () => {
  fake = await startFakeAdmin(() => refusal(400, 'unrecognized directive'));
  const error = await errorOf(adminFor(fake.address).probe());
  expect(error.failure).toEqual({ kind: 'too-old' });
});

test('a Caddy without the Caddyfile is not taken for an old one, nor is one that lets nobody adapt', async () => {
  fake = await startFakeAdmin(() => refusal(400, "unrecognized config adapter 'caddyfile'"));
  expect(await failureOf(adminFor(fake.address).probe())).toMatchObject({ kind: 'protocol' });
  await fake.stop();
  fake = await startFakeAdmin(() => refusal(403, 'not authorized to access this path'));
  expect(await failureOf(adminFor(fake.address).probe())).toMatchObject({ kind: 'unauthorised' });
  await fake.stop();
  fake = await startFakeAdmin(() => ({ body: 'welcome' }));
  expect(await failureOf(adminFor(fake.address).probe())).toMatchObject({ kind: 'protocol' });
});

test('a directive that complains of its arguments is one that Caddy knows', async () => {
  fake = await startFakeAdmin(({ body }) =>
    refusal(
      400,
      body.includes('rate_limit')
        ? "parsing caddyfile tokens for 'rate_limit': wrong argument count"
        : 'unrecognized directive: x',
    ),
  );
  const admin = adminFor(fake.address);
  expect(await admin.has('rate_limit')).toBe(true);
  expect(await admin.has('other')).toBe(false);
  await expect(admin.has('import /etc/passwd')).rejects.toThrow('not the name of a directive');
});

test('levels are ordered', () => {
  expect(LEVELS.toSorted((a, b) => (isAtLeast(a, b) ? 1 : -1))).toEqual(LEVELS);
  expect(isAtLeast('2.10', '2.9')).toBe(true);
  expect(isAtLeast('2.8', '2.8')).toBe(true);
  expect(isAtLeast('older', '2.8')).toBe(false);
});
