import { expect, test } from 'vitest';
import { statusDials } from '../../src/cli/status-options.ts';

test.each([
  ['off', []],
  ['127.0.0.1:9020', ['127.0.0.1:9020']],
  ['[::1]:9020', ['[::1]:9020']],
  // Everywhere is here, too.
  [':9020', ['127.0.0.1:9020']],
  ['[::]:9020', ['127.0.0.1:9020']],
  // By a socket the operator's own route may show it.
  ['unix//run/status.sock', []],
])('of a status at %s no route may reach %j', (status, dials) => {
  expect(statusDials({ status })).toEqual(dials);
});
