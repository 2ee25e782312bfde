import type { Reloads } from './port.ts';
import { isSuccess } from './reply.ts';
import { ask, MAX_TEXT_BYTES, type Wire } from './wire.ts';

/** Prometheus text. Caddy 2.11 has both gauges, 2.8 has none. */
export async function readReloads(wire: Wire): Promise<Reloads | undefined> {
  const reply = await ask(wire, { method: 'GET', path: '/metrics', maxBytes: MAX_TEXT_BYTES });
  if (!isSuccess(reply)) return undefined;
  const successful = gauge(reply.text, 'caddy_config_last_reload_successful');
  const lastSuccess = gauge(reply.text, 'caddy_config_last_reload_success_timestamp_seconds');
  if (successful === undefined || lastSuccess === undefined) return undefined;
  const started = gauge(reply.text, 'process_start_time_seconds');
  return { successful: successful === 1, lastSuccess, started };
}

function gauge(text: string, name: string): number | undefined {
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}
