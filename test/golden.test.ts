import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderDiagnostics } from '../src/diagnostics/render.ts';
import { compileCase, expectGolden, goldenCases, goldenFolder, pretty } from './support/golden.ts';

describe('every feature of the language', () => {
  test.each(goldenCases(goldenFolder))('$name', (golden) => {
    const { config, diagnostics } = compileCase(golden);
    expect(renderDiagnostics(diagnostics)).toBe('');
    expectGolden(golden, 'caddy.json', config && pretty(config));
  });
});

describe('every kind of mistake, as the operator sees it', () => {
  test.each(goldenCases(join(goldenFolder, 'bad')))('$name', (golden) => {
    const { diagnostics } = compileCase(golden);
    const text = renderDiagnostics(diagnostics);
    expect(text).not.toMatch(/\n\s+at |node:|undefined|\[object|NaN/);
    expectGolden(golden, 'diagnostics.txt', text);
  });
});
