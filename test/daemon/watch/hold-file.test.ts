import { describe, expect, test } from 'vitest';
import { fileProblem } from '../../../src/files/problem.ts';
import { compile } from '../../../src/compile.ts';
import { compileHolding } from '../../../src/daemon/watch/hold-file.ts';
import { servedFrom } from '../../../src/daemon/watch/last-served.ts';
import { compileWhole } from '../../../src/daemon/watch/read-policies.ts';

const target = { owner: 'default', httpPort: 80, httpsPort: 443, internalCa: false, env: {} };
const site = (name: string, body: string): string => `sites:\n  ${name}.example.com: { respond: ${body} }\n`;
const wrong = 'sites: [\n';

const served = (texts: Readonly<Record<string, string>>) =>
  servedFrom(Object.entries(texts).map(([path, text]) => ({ path, text })));

function holding(now: Readonly<Record<string, string>>, lastGood: Readonly<Record<string, string>>, problems = []) {
  const sources = Object.entries(now).map(([path, text]) => ({ path, text }));
  return compileHolding({ sources, diagnostics: problems }, served(lastGood), target, compile);
}

function wanted(texts: Readonly<Record<string, string>>): string | undefined {
  const sources = Object.entries(texts).map(([path, text]) => ({ path, text }));
  return compileWhole({ sources, diagnostics: [] }, target, compile).revision;
}

const before = { 'a.yaml': site('a', 'one'), 'b.yaml': site('b', 'one') };

describe('holding bad files', () => {
  test('each stays as it was while the others move on', () => {
    const found = holding({ 'a.yaml': site('a', 'two'), 'b.yaml': wrong }, before);
    expect([...found.held.keys()]).toEqual(['b.yaml']);
    expect(found.held.get('b.yaml')?.[0]).toMatchObject({ code: 'syntax' });
    expect(found.revision).toBe(wanted({ ...before, 'a.yaml': site('a', 'two') }));
  });

  test('also one that cannot be read', () => {
    const sources = [{ path: 'a.yaml', text: site('a', 'two') }];
    const diagnostics = [fileProblem('file-unreadable', 'b.yaml', 'no')];
    const found = compileHolding({ sources, diagnostics }, served(before), target, compile);
    expect([...found.held.keys()]).toEqual(['b.yaml']);
    expect(found.revision).toBe(wanted({ ...before, 'a.yaml': site('a', 'two') }));
  });

  test('one that was never good refuses the whole set: it is not left out', () => {
    const found = holding({ ...before, 'c.yaml': wrong }, before);
    expect(found.config).toBeUndefined();
    expect(found.held.size).toBe(0);
    expect(found.diagnostics).toContainEqual(expect.objectContaining({ code: 'syntax' }));
  });

  test('a folder that cannot be read refuses the whole set', () => {
    const diagnostics = [fileProblem('file-unreadable', 'policies/sub', 'no')];
    const found = compileHolding({ sources: [], diagnostics }, served(before), target, compile);
    expect(found.config).toBeUndefined();
  });

  test('a mistake that shows in a file that did not change holds what did', () => {
    const uses = 'sites:\n  a.example.com: app\n';
    const names = (service: string): string => `services:\n  ${service}: { at: localhost:9000 }\n`;
    const good = { 'a.yaml': uses, 'services.yaml': names('app') };
    const found = holding({ 'a.yaml': uses, 'services.yaml': names('renamed') }, good);
    expect([...found.held.keys()]).toEqual(['services.yaml']);
    expect(found.revision).toBe(wanted(good));
  });

  test('what no older text repairs refuses the whole set: a file that others need is gone', () => {
    const uses = 'sites:\n  a.example.com: app\n';
    const good = { 'a.yaml': uses, 'services.yaml': 'services:\n  app: { at: localhost:9000 }\n' };
    const found = holding({ 'a.yaml': uses }, good);
    expect(found.config).toBeUndefined();
    expect(found.diagnostics).toContainEqual(expect.objectContaining({ severity: 'error' }));
  });
});
