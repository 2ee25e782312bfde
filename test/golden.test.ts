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
