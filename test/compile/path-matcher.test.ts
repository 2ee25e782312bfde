import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyLimit } from '../../src/caddy/handlers/body-limit.ts';
import { pathMatcher } from '../../src/caddy/match.ts';
import { written } from '../../src/caddy/placeholders.ts';
import { parsePath } from '../../src/policy/schema/path.ts';

test('a length over the limit fits its pattern, and no other does', () => {
  const limit = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 9, 10, 99, 100, 999_999, 26_214_400));
  fc.assert(
    fc.property(limit, fc.oneof(fc.maxSafeNat(), fc.nat()), fc.integer({ min: -2, max: 2 }), (most, far, near) => {
      const pattern = tooLong(most);
      for (const length of [far, Math.max(0, Math.min(most + near, Number.MAX_SAFE_INTEGER))]) {
        expect(pattern.test(String(length)), `${length} against ${most}`).toBe(length > most);
        expect(pattern.test(`00${length}`)).toBe(length > most);
      }
    }),
    { numRuns: 5_000 },
  );
});

/** The pattern of the guard in front of a body. */
function tooLong(most: number): RegExp {
  const file = { path: '', text: '' };
  const root = { kind: 'scalar', value: null, plain: true, range: { start: 0, end: 0 } } as const;
  const maxBody = { value: most, origin: { file, root, path: [] } };
  const [guard] = bodyLimit({
    headers: new Map(),
    requestHeaders: new Map(),
    hideServer: false,
    errors: new Map(),
    maxBody,
  });
  const [, pattern] = /"pattern":("(?:[^"\\]|\\.)*")/.exec(JSON.stringify(written(guard ?? null))) ?? [];
  return new RegExp(JSON.parse(pattern ?? '') as string);
}

/** Both of Caddy's ways to say a path are, for these, what JavaScript's patterns mean too. */
function patternOf(text: string): RegExp {
  const parsed = parsePath(text);
  if (!('value' in parsed)) throw new Error(text);
  const matcher = written(pathMatcher(parsed.value)) as { path?: string[]; path_regexp?: { pattern: string } };
  if (matcher.path_regexp) return new RegExp(matcher.path_regexp.pattern.replace('(?i)', ''), 'i');
  const escaped = (matcher.path ?? ['/*']).map((path) =>
    path.replace(/[.+?^${}()|[\]\\-]/g, '\\$&').replace(/\*$/, '[^]*'),
  );
  return new RegExp(`^(${escaped.join('|')})$`, 'i');
}

test.each([
  ['/api', ['/api', '/api/', '/api/x', '/API/x/y'], ['/apix', '/', '/x/api']],
  ['=/api', ['/api', '/Api'], ['/api/', '/api/x', '/apix']],
  ['=/api/', ['/api/'], ['/api', '/api/x']],
  ['/', ['/', '/x', '/x/y/'], []],
  ['=/', ['/'], ['/x', '//']],
  [
    '/a/*/c',
    ['/a/b/c', '/A/x.y/C/d', '/a/b/c/', '/a/b/c/\n', '/a/\n/c'],
    ['/a/c', '/a/b/d/c', '/a//c', '/a/b/cd', '/x/a/b/c'],
  ],
  ['=/u/*', ['/u/7'], ['/u/', '/u', '/u/7/', '/u/7/x']],
  ['=/u/*/', ['/u/7/'], ['/u/7', '/u/7/x']],
  ['/a.b+c', ['/a.b+c', '/a.b+c/d'], ['/aXb+c', '/a.bbc']],
  ['/{x}/[y]', ['/{x}/[y]', '/{x}/[y]/z'], ['/x/y', '/{x}/y']],
])('%s', (text, taken, left) => {
  const pattern = patternOf(text);
  for (const path of taken) expect(pattern.test(path), path).toBe(true);
  for (const path of left) expect(pattern.test(path), path).toBe(false);
});
