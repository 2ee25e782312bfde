import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adjustableCodes, codes } from '../../src/diagnostics/codes.ts';
import { goldenFolder } from '../support/golden.ts';

const sourceFolder = join(import.meta.dirname, '../../src');

/** Where a code is written: as the property of a diagnostic, or as the first argument of what makes one. */
const written = [
  /\bcode: '([a-z0-9-]+)'/g,
  /\bcode = '([a-z0-9-]+)'/g,
  /\bcode: \w+ \? '([a-z0-9-]+)' : '([a-z0-9-]+)'/g,
  /\b(?:problem|fileProblem|report|refuse|error|breach)\(\s*'([a-z0-9-]+)'/g,
];

/** Codes of zod's, and of what `listen-${…}` stands for. */
const foreign = new Set(['custom']);
const composed = /\bcode: `([a-z-]+-)\$\{/g;

function codesInSource(): Set<string> {
  const found = new Set<string>();
  for (const file of readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' })) {
    // What `doctor` finds is no diagnostic, and has names of its own.
    const isApart = file.endsWith('codes.ts') || file.startsWith(join('cli', 'doctor'));
    if (!file.endsWith('.ts') || isApart) continue;
    const text = readFileSync(join(sourceFolder, file), 'utf8');
    for (const pattern of written) {
      for (const [, ...names] of text.matchAll(pattern)) for (const name of names) if (name) found.add(name);
    }
    for (const [, start = ''] of text.matchAll(composed)) {
      for (const [, end = ''] of text.matchAll(/\b(taken|denied|absent): \[/g)) found.add(start + end);
    }
  }
  return new Set([...found].filter((name) => !foreign.has(name)));
}

test('the catalogue holds the codes of the program, and no others', () => {
  expect([...codesInSource()].toSorted()).toEqual(Object.keys(codes).toSorted());
});

test('each code says in one line what it means', () => {
  for (const [code, meaning] of Object.entries(codes)) {
    expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(meaning).toMatch(/^\S.{10,90}[^.\s]$/);
  }
});

test('it is sorted, so that each code has one place', () => {
  const text = readFileSync(join(sourceFolder, 'diagnostics/codes.ts'), 'utf8');
  for (const [, block = ''] of text.matchAll(/^const \w+ = \{\n(.*?)^\} as const;/gms)) {
    const names = [...block.matchAll(/^ {2}'?([a-z0-9-]+)'?:/gm)].map(([, name]) => name ?? '');
    expect(names.length).toBeGreaterThan(0);
    expect(names).toEqual(names.toSorted());
  }
});

/** Tests of their own have what needs a Caddy, the file system, or a terminal. */
const elsewhere =
  /^(files?-|folder-|history-|watch-|listen-(absent|denied|moved|taken)$|secret-(file|not-a-hash|unset)$)|^(caddy-rejects|missing-(feature|module)|link-outside|not-formatted|too-many-(entries|files))$/;

/** Kept for what zod may say one day that it does not say now. */
const unreached = new Set(['invalid']);

test('each code is shown by a golden case', () => {
  const bad = join(goldenFolder, 'bad');
  const texts = readdirSync(bad).map((name) => readFileSync(join(bad, name, 'diagnostics.txt'), 'utf8'));
  const shown = new Set(
    texts.flatMap((text) => [...text.matchAll(/^(?:error|warning)\[([a-z0-9-]+)\]/gm)].map(([, code]) => code)),
  );
  const missing = Object.keys(codes).filter(
    (code) => !shown.has(code) && !elsewhere.test(code) && !unreached.has(code),
  );
  expect(missing).toEqual([]);
  for (const code of adjustableCodes) expect(codes).toHaveProperty(code);
});
