import type { Logger } from 'pino';

/** Structured logging: the message is constant, what varies stands in the fields. Never policies, configs or secrets. */
export type Log = Record<LogLevel, (fields: object, message: string) => void>;

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export const silentLog: Log = { error() {}, warn() {}, info() {}, debug() {} };

/**
 * Lines of JSON to a file descriptor, written before the call returns: what is logged last before an end is not lost.
 * Times are ISO 8601 in UTC.
 */
export async function createLog(level: LogLevel, descriptor: number): Promise<Log> {
  const { pino } = await import('pino');
  const logger: Logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ fd: descriptor, sync: true }),
  );
  const at =
    (name: LogLevel) =>
    (fields: object, message: string): void =>
      logger[name](fields, message);
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
