import { userAgent } from '../checks/user-agent.ts';
import { visible } from '../diagnostics/visible.ts';

export type CaddyLogLevel = 'error' | 'warn' | 'info' | 'debug';

/** One line that Caddy wrote, as people read it. */
export interface LogLine {
  readonly level: CaddyLogLevel;
  readonly text: string;
}

/** Undefined if the line is below the level or says nothing. */
export type LogReader = (line: string) => LogLine | undefined;

const levels: readonly CaddyLogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Told of a Unix socket too, where it means nothing; at each stop, which is ours; of each certificate that has no OCSP. */
const falseAlarms = [/^admin endpoint on open interface/, /^exiting; byeee/, /^stapling OCSP$/];

// What stands in the line's front, or is Go's and not the operator's.
const notShown = new Set(['level', 'ts', 'logger', 'msg', 'stacktrace', 'errorVerbose']);

/**
 * `tls.obtain: will retry  error=…  identifier=app.example.com`. What is no log line of Caddy's, such as a panic's trace, is
 * an error as it is. Nothing in it can drive a terminal: logs hold what strangers sent. `onLaptop`: of a request only what it
 * asked for, and nothing of the checks' own, whose answers are told elsewhere. In earnest nobody may hide by their name.
 */
export function createLogReader(lowest: CaddyLogLevel, { onLaptop = false } = {}): LogReader {
  return (line) => {
    if (line.trim() === '') return undefined;
    const entry = parse(line);
    if (entry === undefined) return { level: 'error', text: visible(line) };
    const message = typeof entry['msg'] === 'string' ? entry['msg'] : '';
    // Caddy also has panic and fatal.
    const level = isToldToCaller(entry) ? 'info' : (levels.find((each) => each === entry['level']) ?? 'error');
    const isFalseAlarm = level === 'warn' && !('error' in entry) && falseAlarms.some((alarm) => alarm.test(message));
    if (isFalseAlarm || levels.indexOf(level) < levels.indexOf(lowest)) return undefined;
    const request = onLaptop ? requestOf(entry) : undefined;
    if (request?.isOurs === true) return undefined;
    const logger = typeof entry['logger'] === 'string' ? `${entry['logger']}: ` : '';
    const fields = Object.entries(entry).filter(([key]) => !notShown.has(key));
    const shown = fields.map(([key, value]) => {
      const told = key === 'request' && request !== undefined ? request.asked : value;
      return `  ${key}=${typeof told === 'string' ? told : JSON.stringify(told)}`;
    });
    return { level, text: visible(`${logger}${message}${shown.join('')}`) };
  };
}

/** `GET app.example.com/login`, and whether a check of ours asked; undefined where the line is of no request. */
function requestOf({
  request,
}: Readonly<Record<string, unknown>>): { readonly asked: string; readonly isOurs: boolean } | undefined {
  if (!isRecord(request)) return undefined;
  const { method, host, uri, headers } = request;
  const agents = isRecord(headers) ? headers['User-Agent'] : undefined;
  return {
    asked: `${String(method)} ${String(host)}${String(uri)}`,
    isOurs: Array.isArray(agents) && agents.includes(userAgent),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Whoever called the admin API was told what was wrong; and to be told is how we learn what this Caddy can do. */
function isToldToCaller(entry: Readonly<Record<string, unknown>>): boolean {
  return entry['logger'] === 'admin.api' && entry['msg'] === 'request error';
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'level' in entry ? { ...entry } : undefined;
  } catch {
    return undefined;
  }
}
