import type { CaddyConfig } from '../../src/caddy/translate.ts';
import { type Compiled, compile } from '../../src/compile.ts';
import { codes } from '../../src/diagnostics/codes.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { Place } from '../../src/diagnostics/position.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { mayAskCaddy } from './may-ask-caddy.ts';
import type { Input } from './input.ts';

/** What the compiler made of an input. */
export interface Examined {
  /** Sentences of what must never be; each begins with words that are the same for the same fault. */
  readonly faults: readonly string[];
  /** Milliseconds of a processor's time. */
  readonly took: number;
  readonly codes: readonly string[];
  /** To ask a real Caddy for. */
  readonly config?: CaddyConfig;
}

/** Milliseconds of a processor's time that no input may take. */
const mostTime = 2_000;

export function examine(input: Input): Examined {
  const { sources, target, asJson } = input;
  const before = process.threadCpuUsage();
  let compiled: Compiled;
  try {
    compiled = compile(sources, target);
  } catch (error) {
    return { faults: [`throws ${stackOf(error)}`], took: 0, codes: [] };
  }
  const { user, system } = process.threadCpuUsage(before);
  const took = (user + system) / 1_000;
  const faults = [
    ...compiled.diagnostics.flatMap((each) => faultsOfDiagnostic(each, input)),
    ...faultsOfResult(compiled),
  ];
  if (took > mostTime) faults.push(`slow: ${Math.round(took)} ms`);
  if (asJson !== undefined) {
    const same = compile(asJson, target);
    if (JSON.stringify(same.config) !== JSON.stringify(compiled.config))
      faults.push(`differs from the same as JSON: ${words(compiled)} against ${words(same)}`);
  }
  const { config } = compiled;
  const isAsked = config !== undefined && mayAskCaddy(sources, target);
  const found = [...new Set(compiled.diagnostics.map(({ code }) => code))];
  return { faults, took, codes: found, ...(isAsked && { config }) };
}

function faultsOfDiagnostic(
  { code, severity, message, hint, place, related = [] }: Diagnostic,
  input: Input,
): string[] {
  const faults: string[] = [];
  if (!Object.hasOwn(codes, code)) faults.push(`code ${code} is in no catalogue`);
  if (severity !== 'error' && severity !== 'warning') faults.push(`severity ${String(severity)} of ${code}`);
  if (message.trim() === '' || hint?.trim() === '') faults.push(`empty words of ${code}`);
  if (place === undefined) faults.push(`no place of ${code}: ${message}`);
  for (const each of [place, ...related.map((other) => other.place)])
    if (each !== undefined && !isWithin(each, input)) faults.push(`place of ${code} is in no file: ${describe(each)}`);
  return faults;
}

function isWithin({ file, range: { start, end } }: Place, { sources }: Input): boolean {
  const isRange =
    Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= file.text.length;
  return isRange && sources.some(({ path, text }) => path === file.path && text === file.text);
}

function describe({ file, range }: Place): string {
  return `${file.path} ${range.start} to ${range.end} of ${file.text.length}`;
}

function faultsOfResult(compiled: Compiled): string[] {
  const { diagnostics, config } = compiled;
  const faults: string[] = [];
  if ((config === undefined) !== diagnostics.some(({ severity }) => severity === 'error'))
    faults.push('config and errors do not exclude each other');
  try {
    // oxlint-disable-next-line no-control-regex
    if (/[\0-\t\u000b-\u001f\u007f-\u009f]/.test(renderDiagnostics(diagnostics)))
      faults.push('rendered: control characters reach the terminal');
  } catch (error) {
    faults.push(`rendering throws ${stackOf(error)}`);
  }
  if (config !== undefined && !isPlainJson(config)) faults.push('config is no plain JSON');
  return faults;
}

function isPlainJson(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) && Math.abs(value) < 2 ** 63;
  if (Array.isArray(value)) return value.every(isPlainJson);
  if (typeof value !== 'object' || value === null) return typeof value === 'boolean' || value === null;
  return Object.entries(value).every(([key, each]) => key.isWellFormed() && (each === undefined || isPlainJson(each)));
}

function words({ config, diagnostics }: Compiled): string {
  return config === undefined ? diagnostics.map(({ code }) => code).join(' ') : 'a config';
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' ') : String(error);
}
