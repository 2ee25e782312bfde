import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Finished, runCli } from './run-cli.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caddyctl-validate-'));
  mkdirSync(join(folder, 'policies'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const good = 'sites:\n  a.example.com: localhost:9000\n';
const warned = `sites:
  a.example.com:
    headers: { X-Frame-Options: DENY, Content-Security-Policy: frame-ancestors 'self' }
    routes: { /: localhost:9000 }
`;

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, 'policies', name), text);
  }
}

async function run(...args: readonly string[]): Promise<Finished> {
  return await runCli(args, { cwd: folder });
}

describe('caddyctl validate', () => {
  test('valid policies of the default folder', async () => {
    write({ 'a.yaml': good, 'b.yaml': good.replace('a.', 'b.') });
    expect(await run('validate')).toEqual({
      code: 0,
      signal: null,
      stdout: 'valid: 2 files, 2 sites, 2 routes\n',
      stderr: '',
    });
  });

  test('all mistakes of all files at once, on standard error', async () => {
    write({ 'a.yaml': 'sites:\n  a.example.com: { haeders: {} }\n  b_: 1\n', 'b.yaml': 'sites: {\n' });
    const result = await run('validate');
    expect(result).toMatchObject({ code: 3, stdout: '' });
    expect(result.stderr).toContain(' --> policies/a.yaml:2:20\n');
    expect(result.stderr).toContain('hint: did you mean `headers`?');
    expect(result.stderr).toContain('error[syntax]');
    expect(result.stderr).toMatch(/\n\d+ errors in 2 files\n$/);
  });

  test('-o json is the one document, and standard error stays empty', async () => {
    write({ 'a.yaml': 'sites:\n  a.example.com: { haeders: {} }\n' });
    const result = await run('validate', '-o', 'json');
    expect(result).toMatchObject({ code: 3, stderr: '' });
    const document = JSON.parse(result.stdout) as { valid: boolean; diagnostics: object[] };
    expect(document).toMatchObject({ valid: false, files: 1 });
    expect(document.diagnostics[0]).toMatchObject({
      code: 'unknown-key',
      severity: 'error',
      place: { file: 'policies/a.yaml', line: 2, column: 20 },
    });
    expect(parse((await run('validate', '-o', 'yaml')).stdout)).toEqual(document);
  });

  test('warnings are shown and forgiven, unless they count as errors', async () => {
    write({ 'a.yaml': warned });
    const result = await run('validate');
    expect(result).toMatchObject({ code: 0, stdout: 'valid: 1 file, 1 site, 1 route\n' });
    expect(result.stderr).toMatch(/^warning\[/);
    expect((await run('validate', '--quiet')).stderr).toBe('');
    expect(await run('validate', '--warnings-as-errors')).toMatchObject({ code: 3, stdout: '' });
  });

  test('standard input, and a path that is missing', async () => {
    expect(await runCli(['validate', '-'], { input: good })).toMatchObject({ code: 0 });
    const result = await run('validate', 'polices');
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('did you mean `policies`?');
  });

  test('a missing file hides no mistake of the others, and invents none', async () => {
    write({ 'a.yaml': 'sites:\n  a.example.com: { haeders: {} }\n  b.example.com: service-of-the-missing-file\n' });
    const result = await run('validate', 'policies', 'services.yaml');
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('error[file-missing]');
    expect(result.stderr).toContain('error[unknown-key]');
    expect(result.stderr).toMatch(/\n2 errors in 2 files\n$/);
  });
});

describe('caddyctl translate', () => {
  test('prints what Caddy takes, and nothing else', async () => {
    write({ 'a.yaml': good });
    const result = await run('translate');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(Object.keys(JSON.parse(result.stdout) as object)).toEqual(['apps']);
    expect(parse((await run('translate', '-o', 'yaml')).stdout)).toEqual(JSON.parse(result.stdout));
    expect((await run('translate', '-o', 'json', '--layout', 'plain')).stdout).toBe(result.stdout);
  });

  test('the flags of the target arrive, from the environment too', async () => {
    write({ 'a.yaml': good });
    const { stdout } = await run('translate', '--owner', 'me', '--http-port', '8080', '--internal-ca');
    expect(stdout).toContain('"caddyctl-me-https"');
    expect(stdout).toContain('":8080"');
    expect(stdout).toContain('"internal"');
    const env = { CADDYCTL_OWNER: 'me', CADDYCTL_HTTP_PORT: '8080', CADDYCTL_INTERNAL_CA: 'true' };
    expect((await runCli(['translate'], { cwd: folder, env })).stdout).toBe(stdout);
  });

  test('--source-map says where each part was written', async () => {
    write({ 'a.yaml': good });
    const plain = JSON.parse((await run('translate')).stdout) as object;
    const { stdout } = await run('translate', '--source-map');
    const document = JSON.parse(stdout) as { config: object; origins: Record<string, object> };
    expect(document.config).toEqual(plain);
    expect(Object.keys(document.origins).length).toBeGreaterThan(0);
    for (const [id, place] of Object.entries(document.origins)) {
      expect(stdout).toContain(`"@id": "${id}"`);
      expect(place).toMatchObject({ file: 'policies/a.yaml', line: 2 });
    }
  });

  test('prints nothing for invalid policies, and warnings beside the document', async () => {
    write({ 'a.yaml': warned });
    const result = await run('translate');
    expect(result.stderr).toMatch(/^warning\[/);
    expect(JSON.parse(result.stdout)).toHaveProperty('apps');
    write({ 'b.yaml': 'sites: {' });
    expect(await run('translate')).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('--owners', () => {
  const owners = 'owners: { web: { folder: ".", hosts: b.example.com } }\n';

  test('a breach makes the policies invalid and names the owner and the rule', async () => {
    write({ 'a.yaml': 'sites: { a.example.com: { respond: hello } }\n', 'owners.yaml': owners });
    const { code, stderr } = await run('validate', '--owners', 'policies/owners.yaml');
    expect(code).toBe(3);
    expect(stderr).toContain('web may not serve a.example.com: it is none of its hosts');
    expect(stderr).toContain('"hosts" of web in policies/owners.yaml:1');
  });

  test('what is allowed is valid, and the file itself is no policy', async () => {
    write({ 'a.yaml': 'sites: { b.example.com: { respond: hello } }\n', 'owners.yaml': owners });
    expect(await run('validate', '--owners', 'policies/owners.yaml')).toMatchObject({ code: 0 });
    expect(await run('validate')).toMatchObject({ code: 3 });
  });

  test('a file that is not there is no "everything is allowed"', async () => {
    write({ 'a.yaml': good });
    const { code, stderr } = await run('validate', '--owners', 'policies/nobody.yaml');
    expect(code).toBe(3);
    expect(stderr).toContain('file-missing');
  });
});

describe('caddyctl schema', () => {
  test('owners: prints that of the other file', async () => {
    const document = JSON.parse((await run('schema', 'owners')).stdout) as { properties: object };
    expect(document.properties).toHaveProperty('owners');
    expect((await run('schema', 'sites')).code).toBe(64);
  });

  test('is a JSON Schema that knows the top-level keys', async () => {
    const result = await run('schema');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const { properties } = JSON.parse(result.stdout) as { properties: object };
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(['global', 'services', 'presets', 'sites']));
  });
});
