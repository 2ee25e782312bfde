import { expect, test } from 'vitest';
import { isAtLeast, parseBuildInfo, parseVersion } from '../../src/binary/version.ts';

test.each([
  ['v2.11.4 h1:XKxkEBXMXEjqE7tRRvwdZJ0d8OkZDfn2m3ri4uW/Qh4=\n', '2.11.4'],
  ['2.11.4\n', '2.11.4'],
  ['v2.11.0-beta.2 h1:abc=', '2.11.0-beta.2'],
  ['v2.11.5-0.20261101120000-0123456789ab+dirty', '2.11.5-0.20261101120000-0123456789ab'],
  ['v2.11.4 => /home/me/caddy', '2.11.4'],
])('%j names version %s', (output, version) => {
  expect(parseVersion(output)).toBe(version);
});

test.each(['', '(devel)', 'unknown', 'caddy 2.11.4', '2.11', '2.11.4.1', 'version v2'])(
  '%j names no version',
  (output) => {
    expect(parseVersion(output)).toBeUndefined();
  },
);

const path = 'go\tgo1.26.8\npath\tgithub.com/caddyserver/caddy/v2/cmd/caddy\n';
test.each([
  [`${path}mod\tgithub.com/caddyserver/caddy/v2\tv2.11.4\th1:a=\ndep\tcel.dev/expr\tv0.25.1\th1:b=\n`, '2.11.4'],
  ['path\tcaddy\nmod\tcaddy\t(devel)\t\ndep\tgithub.com/caddyserver/caddy/v2\tv2.10.0\th1:a=\n', '2.10.0'],
  [`${path}mod\tgithub.com/caddyserver/caddy/v2\t(devel)\t\n`, undefined],
  ['dep\tgithub.com/caddyserver/caddy/v2/modules\tv1.0.0\n', undefined],
  ['Hello\n', undefined],
])('%j is the build of version %s', (output, version) => {
  expect(parseBuildInfo(output)).toBe(version);
});

test('versions in their order', () => {
  const inOrder = [
    '0.11.5',
    '2.6.2',
    '2.8.0-beta.1',
    '2.8.0',
    '2.8.4',
    '2.10.0',
    '2.11.0-rc.1',
    '2.11.0',
    '2.11.4',
    '3.0.0',
  ];
  for (const [at, version] of inOrder.entries()) {
    for (const [other, oldest] of inOrder.entries()) {
      expect(isAtLeast(version, oldest), `${version} is at least ${oldest}`).toBe(at >= other);
    }
  }
});
