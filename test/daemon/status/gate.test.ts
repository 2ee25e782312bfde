import { describe, expect, test } from 'vitest';
import { parseStatusAddress } from '../../../src/daemon/status/address.ts';
import { turnedAway } from '../../../src/daemon/status/gate.ts';

function addressOf(text: string) {
  const parsed = parseStatusAddress(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.address;
}

const here = addressOf('127.0.0.1:2020');
const statusOf = (asked: Parameters<typeof turnedAway>[0], token?: string, address = here): number | undefined =>
  turnedAway(asked, address, token, false)?.status;

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'BREW'])('%s is not for reading', (method) => {
  expect(statusOf({ method, headers: { host: '127.0.0.1:2020' } })).toBe(405);
});

test.each(['127.0.0.1:2020', 'localhost:2020', 'LOCALHOST:2020', '[::1]:2020'])('%s is a name of ours', (host) => {
  expect(statusOf({ method: 'GET', headers: { host } })).toBeUndefined();
});

test.each([
  undefined,
  '',
  'evil.example.com',
  'evil.example.com:2020',
  '127.0.0.1',
  '127.0.0.1:2021',
  '127.0.0.1:2020:2020',
  '127.0.0.1:2020.evil.example.com',
  'localhost.evil.example.com:2020',
  'user@127.0.0.1:2020',
  '2130706433:2020',
])('%s is not', (host) => {
  expect(statusOf({ method: 'GET', headers: { host } })).toBe(421);
});

test('a Unix socket has no name that could be stolen', () => {
  expect(statusOf({ method: 'GET', headers: { host: 'x' } }, undefined, addressOf('unix//run/s'))).toBeUndefined();
});

test('a page of another site may lead here, but not ask', () => {
  const ask = (site: string, mode: string) =>
    statusOf({ method: 'GET', headers: { host: '127.0.0.1:2020', 'sec-fetch-site': site, 'sec-fetch-mode': mode } });
  expect(ask('cross-site', 'cors')).toBe(403);
  expect(ask('cross-site', 'no-cors')).toBe(403);
  expect(ask('same-site', 'cors')).toBe(403);
  expect(ask('cross-site', 'navigate')).toBeUndefined();
  expect(ask('same-origin', 'cors')).toBeUndefined();
  expect(ask('none', 'navigate')).toBeUndefined();
});

describe('a token', () => {
  const token = 'a-token-of-some-length';
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  const ask = (authorization?: string) =>
    statusOf({ method: 'GET', headers: { host: 'any', ...(authorization !== undefined && { authorization }) } }, token);

  test.each([`Bearer ${token}`, `bearer ${token}`, basic(`anybody:${token}`), basic(`:${token}`)])('%s', (given) => {
    expect(ask(given)).toBeUndefined();
  });

  test.each([
    undefined,
    '',
    token,
    'Bearer',
    'Bearer ',
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    `Bearer ${token.toUpperCase()}`,
    `Bearer *`,
    basic(token.slice(1)),
    basic(`${token}:`),
    `Digest ${token}`,
  ])('not %s', (given) => {
    expect(ask(given)).toBe(401);
  });
});
