import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Target } from '../../src/caddy/target.ts';
import type { Check } from '../../src/checks/check.ts';
import { deriveChecks } from '../../src/checks/derive.ts';
import type { CheckResult } from '../../src/checks/result.ts';
import { runChecks } from '../../src/checks/run.ts';
import { whereOf } from '../../src/checks/where.ts';
import { compile } from '../../src/compile.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { type RunningCaddy, startCaddy } from './caddy.ts';
import { freePort } from './client/ports.ts';
import { moveConfig, type Moves } from './deployment-move.ts';
import { until } from './until.ts';

export interface CheckedParts extends Partial<Moves> {
  readonly caddyPath: string;
  /** The text of a policy file, or the name of one of `policies/`. */
  readonly policy: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Holds the credentials of the checks. */
  readonly credentials?: Readonly<Record<string, string>>;
}

/** What the policies promise, and a real Caddy to ask it of. */
export interface Checked {
  readonly caddy: RunningCaddy;
  readonly checks: readonly Check[];
  /** Caddy's JSON, as it was loaded. */
  readonly config: unknown;
  /** Asks these, or all; the root of Caddy's own CA is trusted unless another is named. */
  run(checks?: readonly Check[], ca?: string): Promise<CheckResult[]>;
  stop(): Promise<void>;
}

export async function checked(parts: CheckedParts): Promise<Checked> {
  const [httpPort, httpsPort] = [await freePort(), await freePort()];
  const { dials = {}, listens = {} } = parts;
  const target: Target = {
    owner: 'default',
    httpPort,
    httpsPort,
    internalCa: true,
    env: {},
    listen: new Map(Object.entries(listens).map(([from, to]) => [from, [to]])),
  };
  const text = parts.policy.includes('\n')
    ? parts.policy
    : await readFile(join(import.meta.dirname, '../../policies', parts.policy), 'utf8');
  const { config, model, diagnostics } = compile([{ path: 'policy.yaml', text }], target);
  if (!config || !model) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  const keep = [`:${httpPort}`, `:${httpsPort}`, ...Object.values(listens)];
  const moved = moveConfig(config, { dials, listens: {} }, keep);
  const caddy = await startCaddy({ caddyPath: parts.caddyPath, config: moved, env: { ...parts.environment } });
  const where = await whereOf(model, target);
  const checks = deriveChecks(model, { httpPort, httpsPort, internalCa: true, where });
  const run = async (asked: readonly Check[] = checks, ca?: string) =>
    runChecks(asked, where, { env: { ...parts.credentials }, timeout: 5_000, ca: ca ?? (await caddy.rootCa()) });
  try {
    // Caddy makes certificates after it has begun to serve.
    const certificates = checks.filter(({ name }) => name === 'certificate');
    await until(async () => {
      const results = await run(certificates);
      return results.every(({ outcome }) => outcome === 'passed') || undefined;
    });
    return { caddy, checks, config: moved, run, stop: () => caddy.stop() };
  } catch (error) {
    await caddy.stop();
    throw error;
  }
}

/** For people: what is not as it should be. */
export function told(results: readonly CheckResult[]): string[] {
  return results.map((result) => {
    const { id } = result.check;
    if (result.outcome === 'failed') return `${id}: FAILED: expected ${result.expected}, got ${result.got}`;
    return result.outcome === 'skipped' ? `${id}: skipped: ${result.reason}` : `${id}: passed`;
  });
}
