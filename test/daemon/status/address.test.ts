import { expect, test } from 'vitest';
import { parseStatusAddress } from '../../../src/daemon/status/address.ts';

test.each([
  ['127.0.0.1:2020', { kind: 'tcp', host: '127.0.0.1', port: 2020, isLoopback: true }],
  ['localhost:80', { kind: 'tcp', host: '127.0.0.1', port: 80, isLoopback: true }],
  ['127.3.2.1:1', { kind: 'tcp', host: '127.3.2.1', isLoopback: true }],
  ['[::1]:2020', { kind: 'tcp', host: '::1', isLoopback: true, text: '[::1]:2020' }],
  [':2020', { kind: 'tcp', host: '0.0.0.0', isLoopback: false }],
  ['0.0.0.0:2020', { isLoopback: false }],
  ['[::]:2020', { isLoopback: false }],
  ['10.0.0.1:2020', { isLoopback: false }],
  ['127.0.0.1.example.com:2020', { isLoopback: false }],
  ['[::ffff:127.0.0.1]:2020', { isLoopback: false }],
  ['unix//run/s.sock', { kind: 'unix', path: '/run/s.sock', mode: 0o600 }],
  ['unix//run/s.sock|0660', { kind: 'unix', path: '/run/s.sock', mode: 0o660, text: 'unix//run/s.sock' }],
])('%s is taken', (text, address) => {
  expect(parseStatusAddress(text)).toMatchObject({ ok: true, address });
});

test.each([
  '',
  '2020',
  'localhost',
  '127.0.0.1:0',
  '127.0.0.1:65536',
  'http://127.0.0.1:2020',
  '127.0.0.1:2020/x',
  'unix/run/s.sock',
  'unix//run/',
  'unix//run/s.sock|0666',
  'unix//run/s.sock|0700',
  `unix//${'x'.repeat(103)}`,
])('%s is not', (text) => {
  expect(parseStatusAddress(text)).toMatchObject({ ok: false, hint: expect.any(String) });
});
