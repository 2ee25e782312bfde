import pino from 'pino';

/** Structured logging: the message is constant, what varies stands in the fields. */
export interface Log {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

/**
 * Lines of JSON to a file descriptor, written before the call returns: what is logged last before an end is not lost.
 * Times are ISO 8601 in UTC.
 */
export function createLog(level: 'error' | 'warn' | 'info' | 'debug', descriptor: number): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return pino(
    { ...options, formatters: { level: (label) => ({ level: label }) } },
    pino.destination({ fd: descriptor, sync: true }),
  );
}
