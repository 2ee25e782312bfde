import { setMaxListeners } from 'node:events';
import { assertNever } from '../diagnostics/assert-never.ts';
import { answer1, type Answer, NotRefused } from './answer.ts';
import { answer2 } from './answer-http2.ts';
import { checkCertificate } from './certificate.ts';
import type { Ask, Check, Expectation, Probe } from './check.ts';
import { compare } from './compare.ts';
import { Connections } from './connections.ts';
import { armed } from './credential.ts';
import type { Line } from './dialled.ts';
import { checkEvents } from './events.ts';
import type { CheckResult, Verdict } from './result.ts';
import { checkWebSocket } from './web-socket.ts';
import { TimeLimit } from './time-limit.ts';
import type { Reach, Where } from './where.ts';

export interface RunOptions {
  /** Holds the credentials, `CADDYCTL_CHECK_…`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For each check, milliseconds. */
  readonly timeout: number;
  /** PEM of a CA to trust beside the system's. */
  readonly ca?: string | undefined;
  readonly atOnce?: number;
  /** Checks that have not begun when it is aborted are skipped. */
  readonly signal?: AbortSignal | undefined;
  readonly onResult?: (result: CheckResult) => void;
}

/** Asks all, several at once, and gives the results in the order of the checks. Whatever happens is a result. */
export async function runChecks(checks: readonly Check[], where: Where, options: RunOptions): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const queue = checks.entries();
  const connections = new Connections();
  // One question under way each: Node takes more than ten for a leak.
  if (options.signal !== undefined) setMaxListeners(0, options.signal);
  const work = async () => {
    for (const [index, check] of queue) {
      const begun = performance.now();
      const verdict = await verdictOf(check.probe, where, options, connections);
      const result = { check, ms: Math.round(performance.now() - begun), ...verdict };
      results[index] = result;
      options.onResult?.(result);
    }
  };
  await Promise.all(Array.from({ length: options.atOnce ?? 16 }, work));
  connections.destroy();
  return results;
}

function isAborted({ signal }: RunOptions): boolean {
  return signal?.aborted === true;
}

const interrupted: Verdict = { outcome: 'skipped', reason: 'interrupted' };

async function verdictOf(probe: Probe, where: Where, options: RunOptions, connections: Connections): Promise<Verdict> {
  if (probe.kind === 'none') return { outcome: 'skipped', reason: probe.reason };
  if (isAborted(options)) return interrupted;
  const reach = where.get(probe.to.at);
  if (reach === undefined) return { outcome: 'skipped', reason: `it is not known how to reach ${probe.to.at}` };
  const limit = new TimeLimit(options);
  const line = { dial: reach.dial, to: probe.to, verified: false, ca: options.ca };
  try {
    return await run(probe, { line, reach, options, signal: limit.signal, connections });
  } catch (error) {
    return isAborted(options) ? interrupted : failureOf(error, reach, options);
  } finally {
    limit.over();
  }
}

interface Surroundings {
  readonly line: Line;
  readonly reach: Reach;
  readonly options: RunOptions;
  readonly signal: AbortSignal;
  readonly connections: Connections;
}

function run(probe: Exclude<Probe, { kind: 'none' }>, around: Surroundings): Promise<Verdict> {
  const { line, signal } = around;
  switch (probe.kind) {
    case 'answer':
      return answers(probe.asks, probe.expects, around);
    case 'events':
      return withCredential(probe.ask, around, (secure, ask) => checkEvents(secure, ask, probe.named, signal));
    case 'websocket':
      return withCredential(probe.ask, around, (secure, ask) => checkWebSocket(secure, ask, probe.named, signal));
    case 'certificate':
      return checkCertificate(line, probe.chain, signal);
    case 'protocol':
      return speaksHttp2(line, signal);
    case 'shut-out':
      return isShutOut(line, probe.ask, signal);
    default:
      return assertNever(probe);
  }
}

async function answers(asks: readonly Ask[], expects: Expectation, around: Surroundings): Promise<Verdict> {
  for (const ask of asks) {
    const verdict = await withCredential(ask, around, async (line, made, tellable) => {
      const answer = await answered(line, made, around, expects.body !== undefined);
      const failed = compare(answer, ask, expects, tellable);
      const isSlowedDown = answer.status === 429 && failed !== undefined;
      if (isSlowedDown) return { outcome: 'skipped', reason: 'a rate limit answered with 429' };
      return failed ?? { outcome: 'passed' };
    });
    if (verdict.outcome !== 'passed') return verdict;
  }
  return { outcome: 'passed' };
}

function answered(
  line: Line,
  ask: Ask,
  { signal, connections }: Pick<Surroundings, 'signal'> & { readonly connections?: Connections },
  reads: boolean,
): Promise<Answer> {
  if (line.to.tls && line.to.http === 2) return answer2(line, ask, signal);
  return answer1(line, ask, { signal, reads, connections });
}

/** Puts the credential in; with it, a secret only goes where the certificate is right, or no further than this machine. */
async function withCredential(
  ask: Ask,
  { line, reach, options }: Surroundings,
  probe: (line: Line, ask: Ask, tellable: (text: string) => string) => Promise<Verdict>,
): Promise<Verdict> {
  const made = armed(ask, reach, line.to.tls, options.env);
  if ('reason' in made) return { outcome: 'skipped', reason: made.reason };
  return probe({ ...line, verified: made.isSecret && !reach.near }, made.ask, made.tellable);
}

async function speaksHttp2(line: Line, signal: AbortSignal): Promise<Verdict> {
  const ask = { method: 'GET', target: '/', host: line.to.serverName };
  await answer2(line, ask, signal);
  return { outcome: 'passed' };
}

/** The handshake of TLS 1.3 ends before the server looks for a certificate, so it takes a request to see. */
async function isShutOut(line: Line, ask: Ask, signal: AbortSignal): Promise<Verdict> {
  const answer = await answered(line, ask, { signal }, false).catch((error: unknown) => {
    if (isUnreachable(error) || signal.aborted) throw error;
    return undefined;
  });
  if (answer === undefined) return { outcome: 'passed' };
  return { outcome: 'failed', expected: 'no connection without a client certificate', got: `${answer.status}` };
}

function failureOf(error: unknown, { dial }: Reach, { timeout }: RunOptions): Verdict {
  const place = 'path' in dial ? dial.path : `${dial.host}:${dial.port}`;
  const expected = 'an answer';
  if (error instanceof NotRefused)
    return { outcome: 'failed', expected: '413', got: '100 Continue: the body is taken' };
  if (error instanceof Error && /^(TimeoutError|AbortError)$/.test(error.name))
    return { outcome: 'failed', expected, got: `nothing within ${timeout} ms` };
  const got = `${sentence(error)} (${place})`;
  return { outcome: 'failed', expected, got, ...(isUnreachable(error) && { unreachable: true }) };
}

/** OpenSSL's own words are for its authors. */
function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [, alert] = /:SSL routines:[^:]*:([^:]*):/.exec(error.message) ?? [];
  if (alert?.endsWith('internal error') === true) return 'the handshake failed: Caddy has no certificate for this name';
  if (alert !== undefined) return `the handshake failed: ${alert.replace(/^.*alert /, '')}`;
  return error.message === '' && 'code' in error ? String(error.code) : error.message;
}

/** Nobody listens there. */
function isUnreachable(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return ['ECONNREFUSED', 'ENOENT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND'].includes(code);
}
