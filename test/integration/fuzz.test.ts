import { expect, inject, test } from 'vitest';
import { type Failure, fuzz } from '../fuzz/run.ts';

/** `npm run test:fuzz` goes on for longer, with other seeds. */
const minutes = 2;

test(`${minutes} minutes of odd inputs: no crash, no hang, no diagnostic without a place, no config that Caddy refuses`, {
  timeout: 600_000,
}, async () => {
  const failures: Failure[] = [];
  const end = performance.now() + minutes * 60_000;
  const { inputs, asked, codes } = await fuzz({
    caddyPath: inject('caddyPath'),
    seed: 1,
    first: 0,
    goesOn: () => performance.now() < end,
    onFailure: (failure) => failures.push(failure),
    onProgress: () => {},
  });
  expect(failures.map(({ number, fault, input }) => `${number}: ${fault}\n${input.sources[0]?.text}`)).toEqual([]);
  // Else it would be odd only on the surface.
  expect(inputs).toBeGreaterThan(200);
  expect(asked).toBeGreaterThan(30);
  expect(codes.size).toBeGreaterThan(30);
});
