import { expect, inject, test } from 'vitest';
import { type Failure, fuzz } from '../fuzz/run.ts';

/** `npm run test:fuzz` goes on for longer, with other seeds. */
const inputs = 400;

test(`${inputs} odd inputs: no crash, no hang, no diagnostic without a place, no config that Caddy refuses`, {
  timeout: 600_000,
}, async () => {
  const failures: Failure[] = [];
  const { asked, codes } = await fuzz({
    caddyPath: inject('caddyPath'),
    seed: 1,
    first: 0,
    goesOn: (done) => done < inputs,
    onFailure: (failure) => failures.push(failure),
    onProgress: () => {},
  });
  expect(failures.map(({ number, fault, input }) => `${number}: ${fault}\n${input.sources[0]?.text}`)).toEqual([]);
  // Else it would be odd only on the surface.
  expect(asked).toBeGreaterThan(30);
  expect(codes.size).toBeGreaterThan(30);
});
