import { defineConfig } from 'vitest/config';

/** Two kinds of test: `unit` needs nothing but Node; `real` runs against a real Caddy, which its global setup finds or obtains. */
export default defineConfig({
  test: {
    // Most tests wait for a Caddy most of the time: with one worker less than there are processors, two of them would be half idle.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          root: new URL('.', import.meta.url).pathname,
          include: ['**/*.test.ts'],
          exclude: ['integration/**'],
          // A net for what never ends: properties take seconds, and many times that on a machine that is busy.
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'real',
          root: new URL('.', import.meta.url).pathname,
          include: ['integration/**/*.test.ts'],
          globalSetup: ['support/require-caddy.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
