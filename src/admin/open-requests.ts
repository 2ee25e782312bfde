import { isSuccess } from './reply.ts';
import { ask, MAX_TEXT_BYTES, type Wire } from './wire.ts';

/** WebSockets are among them for as long as they are open. A server that was asked nothing since the last load is not in the map. */
export async function readOpenRequests(wire: Wire): Promise<ReadonlyMap<string, number> | undefined> {
  const reply = await ask(wire, { method: 'GET', path: '/metrics', maxBytes: MAX_TEXT_BYTES });
  if (!isSuccess(reply)) return undefined;
  const open = new Map<string, number>();
  for (const [, labels = '', value] of reply.text.matchAll(/^caddy_http_requests_in_flight\{(.*)\} (\S+)$/gm)) {
    const name = /(?:^|,)server="((?:[^"\\]|\\.)*)"/.exec(labels)?.[1];
    if (name === undefined) continue;
    const server = name.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    open.set(server, (open.get(server) ?? 0) + Number(value));
  }
  return open;
}
