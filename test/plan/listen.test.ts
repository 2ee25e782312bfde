import { describe, expect, test } from 'vitest';
import { overlaps, parseListen } from '../../src/plan/listen.ts';

const meet = (one: string, other: string): boolean | undefined => {
  const [first, second] = [parseListen(one), parseListen(other)];
  return first === undefined || second === undefined ? undefined : overlaps(first, second) && overlaps(second, first);
};

describe('listen addresses', () => {
  test.each([
    [':443', ':443'],
    [':443', '0.0.0.0:443'],
    [':443', '[::]:443'],
    [':443', '127.0.0.1:443'],
    ['0.0.0.0:443', '[::]:443'],
    ['tcp/:443', ':443'],
    ['TCP4/:443', ':443'],
    ['tcp4/:443', '127.0.0.1:443'],
    ['tcp6/:443', '[::1]:443'],
    [':8000-8010', ':8005'],
    [':8000-8010', ':8010-8020'],
    ['LOCALHOST:443', 'localhost:443'],
    ['localhost:443', '127.0.0.1:443'],
    ['localhost:443', '[::1]:443'],
    ['localhost:443', ':443'],
    ['app.internal:443', '[::]:443'],
    ['udp/:443', 'udp/10.0.0.1:443'],
    ['unix//run/x.sock|0660', 'unix//run/x.sock'],
    ['unix+h2c//run/x.sock', 'unix//run/x.sock'],
    ['fd/3', 'fd/3'],
  ])('%s meets %s', (one, other) => {
    expect(meet(one, other)).toBe(true);
  });

  test.each([
    [':443', ':80'],
    [':443', 'udp/:443'],
    ['tcp4/:443', 'tcp6/:443'],
    ['tcp4/:443', '[::1]:443'],
    ['127.0.0.1:443', '127.0.0.2:443'],
    ['10.0.0.1:443', 'localhost:443'],
    ['127.0.0.1:443', '[::1]:443'],
    ['a.internal:443', 'b.internal:443'],
    [':8000-8010', ':8011'],
    [':0', ':0'],
    ['unix//run/x.sock', 'unix//run/y.sock'],
    ['unix//run/x.sock', ':443'],
    ['fd/3', 'fd/4'],
  ])('%s does not meet %s', (one, other) => {
    expect(meet(one, other)).toBe(false);
  });

  test.each(['{env.PORT}', ':{env.PORT}', 'sctp/:80', '', 'localhost', ':http'])('%j tells nothing', (text) => {
    expect(parseListen(text)).toBeUndefined();
  });
});
