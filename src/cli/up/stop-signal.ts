import type { Signals } from '../signals.ts';

/**
 * Aborts at the first SIGINT or SIGTERM, and when the terminal goes away: a caddyctl that dies of that would leave its Caddy
 * behind.
 */
export function stopSignal(signals: Signals, process: NodeJS.Process): AbortSignal {
  const hangup = new AbortController();
  process.once('SIGHUP', () => hangup.abort());
  return AbortSignal.any([signals.take(), hangup.signal]);
}
