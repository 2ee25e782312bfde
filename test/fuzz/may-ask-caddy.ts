import type { Target } from '../../src/caddy/target.ts';
import type { SourceFile } from '../../src/diagnostics/position.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { secretNames } from '../support/arbitrary/values.ts';

/** What only Caddy can prove, and does: handlers and expressions as they are, and files and variables of its machine. */
const known: Readonly<Record<string, (value: unknown) => boolean>> = {
  raw: (value) => !Array.isArray(value) || JSON.stringify(value).length < 2 || isKnownRaw(value),
  expression: (value) => knownExpressions.has(String(value)),
  certificate: (value) => isFile(value, /^\/etc\/ssl\/[\w.-]+\.pem$/),
  key: (value) => typeof value !== 'string' || !value.startsWith('/') || isFile(value, /^\/etc\/ssl\/[\w.-]+\.key$/),
  ca: (value) => [value].flat().every((each) => isFile(each, /^\/etc\/ssl\/[\w.-]+\.pem$/)),
  file: (value) => isFile(value, /^\/run\/secrets\/[\w-]+$/),
  env: (value) => typeof value !== 'string' || secretNames.includes(value),
};

const knownExpressions = new Set([
  'true',
  "{http.request.method} == 'GET'",
  "{http.request.header.X-A}.startsWith('b')",
]);

const knownRaw = new Set([
  '[{"handler":"static_response","body":"{http.request.uri}"}]',
  '[{"handler":"vars","a":1},{"handler":"error","status_code":418}]',
]);

function isKnownRaw(value: unknown): boolean {
  return knownRaw.has(JSON.stringify(value));
}

function isFile(value: unknown, pattern: RegExp): boolean {
  return typeof value !== 'string' || pattern.test(value);
}

export function mayAskCaddy(sources: readonly SourceFile[], { env }: Target): boolean {
  return sources.every((source) => isKnown(parsePolicy(source, env).policy?.value));
}

function isKnown(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, each]) => (known[key]?.(each) ?? true) && isKnown(each));
}
