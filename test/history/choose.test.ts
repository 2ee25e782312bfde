import { describe, expect, test } from 'vitest';
import { choosePrevious, chooseRevision } from '../../src/history/choose.ts';
import type { Entry, StoredEntry } from '../../src/history/entry.ts';
import { entry } from './revisions.ts';

let count = 0;
function stored(revision: string, more: Partial<Entry> = {}): StoredEntry {
  return { time: '2026-01-02T03:04:05.678Z', ...entry(revision), name: `${++count}`, ...more };
}

describe('a revision by the beginning of its hash', () => {
  const [ab2, ac1, rejected, ab1] = [
    stored('ab12'),
    stored('ac34'),
    stored('ad56', { outcome: 'rejected' }),
    stored('ab12', { caddy: 'other' }),
  ];
  const entries = [ab2, ac1, rejected, ab1];

  test('is the newest entry that has it, in whatever case it is typed', () => {
    expect(chooseRevision(entries, 'ab')).toEqual({ kind: 'entry', entry: ab2 });
    expect(chooseRevision(entries, 'AC34')).toEqual({ kind: 'entry', entry: ac1 });
  });

  test('is not guessed', () => {
    expect(chooseRevision(entries, 'a')).toEqual({ kind: 'ambiguous', revisions: ['ab12', 'ac34', 'ad56'] });
    expect(chooseRevision(entries, 'b')).toEqual({ kind: 'unknown' });
    expect(chooseRevision(entries, 'ab123')).toEqual({ kind: 'unknown' });
  });

  test('cannot be one that Caddy never took', () => {
    expect(chooseRevision(entries, 'ad')).toEqual({ kind: 'rejected' });
    const later = stored('ad56', { outcome: 'found' });
    expect(chooseRevision([rejected, later], 'ad')).toEqual({ kind: 'entry', entry: later });
  });
});

describe('the last good one before the one that runs', () => {
  const previous = (running: string | undefined, ...entries: StoredEntry[]): string | undefined =>
    choosePrevious(entries, 'localhost:2019', running)?.revision;

  test('ran before it', () => {
    expect(previous('c', stored('c'), stored('b'), stored('a'))).toBe('b');
    expect(previous('b', stored('c'), stored('b'), stored('a'))).toBe('a');
  });

  test('is neither itself, nor one that was rejected, nor one of another Caddy', () => {
    const others = [stored('x', { caddy: 'other' }), stored('y', { outcome: 'rejected' })];
    expect(previous('c', stored('c'), stored('c'), ...others, stored('b'))).toBe('b');
  });

  test('is the newest good one where what runs is unknown, nothing, or not in the history', () => {
    const entries = [stored('y', { outcome: 'rejected' }), stored('b'), stored('a')];
    expect(previous(undefined, ...entries)).toBe('b');
    expect(previous('edited', ...entries)).toBe('b');
  });

  describe('after a rollback', () => {
    const back = (revision: string): StoredEntry =>
      stored(revision, { by: { user: 'me', command: 'rollback', version: '1' } });

    test('is not the one that was left, but the one before: who goes back twice wants to be further back', () => {
      const ran = [stored('c'), stored('b'), stored('a')];
      expect(previous('b', back('b'), ...ran)).toBe('a');
      expect(previous('b', stored('b', { outcome: 'verified', verified: true }), back('b'), ...ran)).toBe('a');
      expect(previous('a', back('a'), back('b'), ...ran)).toBeUndefined();
      expect(previous('d', stored('d'), back('b'), ...ran)).toBe('b');
    });

    test('to one that was left before, it is what that was reached from', () => {
      expect(previous('c', back('c'), back('a'), stored('c'), stored('b'), stored('a'))).toBe('a');
    });
  });

  test('may be missing', () => {
    expect(previous('a', stored('a'))).toBeUndefined();
    expect(previous(undefined)).toBeUndefined();
  });
});
