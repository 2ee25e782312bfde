import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/caddy/json.ts';
import { classOfDrift, foreignDigest } from '../../../src/daemon/watch/drift.ts';
import type { Live } from '../../../src/plan/live.ts';
import { compiled, edited, liveWith, NOTHING, planFor } from '../../plan/policy-text.ts';

const policy = 'sites:\n  a.example.com: { respond: a }\n  b.example.com: { respond: b }\n';
const live = liveWith(policy);
const name = 'caddyctl-default-https';

function classOf(found: Live, isNewCaddy = false): string {
  return classOfDrift(planFor(found, compiled(policy)), 'default', isNewCaddy);
}

function withApps(path: readonly (string | number)[], edit: Parameters<typeof edited>[2]): Live {
  return { ...live, apps: edited(live.apps, path, edit) };
}

const stub = {
  http: {
    servers: {
      srv0: {
        listen: [':80'],
        routes: [
          {
            handle: [
              { handler: 'vars', root: '/usr/share/caddy' },
              { handler: 'file_server', hide: [] },
            ],
          },
        ],
      },
    },
  },
};

test('a Caddy as it comes, or that was started since, was reset', () => {
  expect(classOf(NOTHING)).toBe('reset');
  expect(classOf({ apps: stub, logging: null })).toBe('reset');
  expect(classOf(liveWith(policy.replace('respond: a', 'respond: old')), true)).toBe('reset');
});

test('what was changed or added under our marks was edited', () => {
  expect(classOf(liveWith(policy.replace('respond: a', 'respond: other')))).toBe('edited');
  expect(classOf(liveWith(`${policy}  c.example.com: { respond: c }\n`))).toBe('edited');
});

test('what is only missing is gone', () => {
  expect(classOf(liveWith('sites:\n  a.example.com: { respond: a }\n'))).toBe('gone');
  const none = withApps(['http', 'servers'], () => ({}));
  expect(classOf(none)).toBe('gone');
});

test('the digest of what others have knows nothing of ours', () => {
  const foreign = (text: string): Live =>
    withApps(['http', 'servers'], (all) => ({ ...(all as JsonObject), other: { listen: [text] } }));
  const digest = foreignDigest(foreign(':81'), 'default');
  expect(foreignDigest(foreign(':82'), 'default')).not.toBe(digest);
  const changed = {
    ...foreign(':81'),
    apps: edited(foreign(':81').apps, ['http', 'servers', name, 'routes'], () => []),
  };
  expect(foreignDigest(changed, 'default')).toBe(digest);
});
