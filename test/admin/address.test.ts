import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/admin/address.ts';

describe('parseAddress', () => {
  test.each([
    ['localhost:2019', 'http', 'http://localhost:2019', 'localhost:2019'],
    ['localhost', 'http', 'http://localhost:2019', 'localhost:2019'],
    [' caddy:80 ', 'http', 'http://caddy', 'caddy:80'],
    ['tcp/127.0.0.1:2019', 'http', 'http://127.0.0.1:2019', '127.0.0.1:2019'],
    ['[::1]:2019', 'http', 'http://[::1]:2019', '[::1]:2019'],
    ['[::1]', 'http', 'http://[::1]:2019', '[::1]:2019'],
    ['http://caddy:2019/', 'http', 'http://caddy:2019', 'http://caddy:2019'],
    ['HTTPS://Admin.Example.com', 'https', 'https://admin.example.com', 'https://admin.example.com'],
    ['https://10.0.0.1:2021', 'https', 'https://10.0.0.1:2021', 'https://10.0.0.1:2021'],
  ])('%s', (text, protocol, origin, shown) => {
    expect(parseAddress(text)).toEqual({ ok: true, address: { kind: 'tcp', protocol, origin, text: shown } });
  });

  test.each([
    ['unix//run/caddy/admin.sock', '/run/caddy/admin.sock'],
    ['unix//run/caddy/admin.sock|0660', '/run/caddy/admin.sock'],
    ['unix//run/a|b.sock', '/run/a|b.sock'],
  ])('%s', (text, path) => {
    expect(parseAddress(text)).toEqual({ ok: true, address: { kind: 'unix', path, text: `unix/${path}` } });
  });

  test.each([
    ['', 'is empty', 'localhost:2019'],
    [':2019', 'has no host', 'localhost:2019'],
    ['2019', 'is a bare port', 'localhost:2019'],
    ['ftp://caddy', 'has the scheme "ftp"', 'unix//PATH'],
    ['unix:///run/admin.sock', 'not one that Caddy knows', 'unix//PATH'],
    ['unix/run/admin.sock', 'no absolute socket path', 'two slashes'],
    ['unix/@caddy', 'abstract socket', 'unix//PATH'],
    ['http://caddy:2019/config/', 'has a path', 'only the scheme'],
    ['http://caddy:2019?x', 'has a path', 'only the scheme'],
    ['http://caddy:port', 'not a host and port', 'HOST:PORT'],
    ['two words:2019', 'not a host and port', 'HOST:PORT'],
  ])('%s is refused', (text, message, hint) => {
    expect(parseAddress(text)).toEqual({
      ok: false,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  test('a password is refused and not repeated', () => {
    const parsed = parseAddress('https://user:hunter2@caddy:2021');
    expect(parsed).toMatchObject({ ok: false, message: expect.stringContaining('user or password') });
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });
});
