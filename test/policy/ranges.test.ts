import { expect, test } from 'vitest';
import { parseRanges } from '../../src/policy/schema/network.ts';

test.each([
  ['10.0.0.7', ['10.0.0.7']],
  ['10.0.0.0/8, fd00::/8', ['10.0.0.0/8', 'fd00::/8']],
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['', []],
  [' , ', []],
  ['0.0.0.0/0', ['0.0.0.0/0']],
  // IPv4 in the dress of IPv6 would be compared as IPv6, and no client is.
  ['::ffff:10.0.0.7', ['10.0.0.7']],
  ['::FFFF:a00:7', ['10.0.0.7']],
  ['0:0:0:0:0:ffff:10.0.0.0/104', ['10.0.0.0/8']],
  ['::ffff:0:0/96', ['0.0.0.0/0']],
])('"%s" is %o', (text, value) => {
  expect(parseRanges(text)).toEqual({ value });
});

test.each([
  '10.0.0.0/08',
  '10.0.0.0/33',
  '10.0.0/8',
  '010.0.0.1',
  'fe80::1%eth0',
  'fe80::%eth0/64',
  '::/129',
  'host',
  // Names that every object of JavaScript's has.
  '__proto__',
  'constructor',
  'toString',
])('"%s" is no range', (text) => {
  expect(parseRanges(text)).toMatchObject({ code: 'address-range' });
});
