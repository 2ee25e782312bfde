import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { parseEnv } from 'node:util';
import { expect } from 'vitest';
import { canonical, type JsonValue } from '../../src/caddy/json.ts';
import type { Target } from '../../src/caddy/target.ts';
import type { CaddyConfig } from '../../src/caddy/translate.ts';
import { type Compiled, compile } from '../../src/compile.ts';
import type { SourceFile } from '../../src/diagnostics/position.ts';
import { isPolicyFile } from '../../src/files/policy-file.ts';
import { ownersOf } from './owners.ts';

/** A folder of policy files, and beside them what must come of them. */
export interface GoldenCase {
  readonly name: string;
  readonly folder: string;
  /** All policies of the folder, by their paths in it. */
  readonly sources: readonly SourceFile[];
  /** The file `owners.yaml`, if there is one. */
  readonly owners: SourceFile | undefined;
  /** caddyctl's environment: the file `environment`, if there is one. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const goldenFolder = join(import.meta.dirname, '../golden');

/** What the goldens are made for: the defaults, and no Caddy to ask. */
export const goldenTarget: Target = { owner: 'default', httpPort: 80, httpsPort: 443, internalCa: false, env: {} };

/** Every case of a folder, by name; `bad` holds the cases of mistakes, and is none itself. */
export function goldenCases(folder: string): readonly GoldenCase[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'bad')
    .map((entry) => entry.name);
  return names.toSorted().map((name) => readCase(join(folder, name)));
}

function readCase(folder: string): GoldenCase {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  const isBeside = (file: string): boolean => file === 'caddy.json' || file === 'owners.yaml';
  const policies = files.filter((file) => isPolicyFile(basename(file)) && !isBeside(file));
  const environment = join(folder, 'environment');
  const owners = join(folder, 'owners.yaml');
  return {
    name: basename(folder),
    folder,
    sources: policies.map((file) => ({
      path: file.split(sep).join('/'),
      text: readFileSync(join(folder, file), 'utf8'),
    })),
    owners: existsSync(owners) ? { path: 'owners.yaml', text: readFileSync(owners, 'utf8') } : undefined,
    env: existsSync(environment) ? parseEnv(readFileSync(environment, 'utf8')) : {},
  };
}

export function compileCase({ sources, owners, env }: GoldenCase, target: Target = goldenTarget): Compiled {
  if (owners === undefined) return compile(sources, { ...target, env });
  const defined = ownersOf(owners, env);
  if ('diagnostics' in defined) return defined;
  return compile(sources, { ...target, env, owners: defined });
}

/** The config for reading: its keys in the canonical order, two blanks a level. */
export function pretty(config: CaddyConfig): string {
  return `${JSON.stringify(JSON.parse(canonical(config as unknown as JsonValue)), null, 2)}\n`;
}

/** Compares with a file of the case; `UPDATE_GOLDEN=1` writes it instead. Undefined stands for "no such file". */
export function expectGolden({ folder }: GoldenCase, name: string, actual: string | undefined): void {
  const path = join(folder, name);
  if (process.env['UPDATE_GOLDEN'] === '1' && actual !== undefined) writeFileSync(path, actual);
  const golden = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  expect(actual, `${path} is not what comes out now; UPDATE_GOLDEN=1 rewrites it, and git diff shows the change`).toBe(
    golden,
  );
}
