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
 * an error as it is. Nothing in it can drive a terminal: logs hold what strangers sent.
 */
export function createLogReader(lowest: CaddyLogLevel): LogReader {
  return (line) => {
    if (line.trim() === '') return undefined;
    const entry = parse(line);
    if (entry === undefined) return { level: 'error', text: visible(line) };
    const message = typeof entry['msg'] === 'string' ? entry['msg'] : '';
    // Caddy also has panic and fatal.
    const level = isToldToCaller(entry) ? 'info' : (levels.find((each) => each === entry['level']) ?? 'error');
    const isFalseAlarm = level === 'warn' && !('error' in entry) && falseAlarms.some((alarm) => alarm.test(message));
    if (isFalseAlarm || levels.indexOf(level) < levels.indexOf(lowest)) return undefined;
    const logger = typeof entry['logger'] === 'string' ? `${entry['logger']}: ` : '';
    const fields = Object.entries(entry).filter(([key]) => !notShown.has(key));
    const shown = fields.map(([key, value]) => `  ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
    return { level, text: visible(`${logger}${message}${shown.join('')}`) };
  };
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
