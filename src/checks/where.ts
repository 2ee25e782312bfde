import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { listenAddresses } from '../caddy/servers.ts';
import type { Target } from '../caddy/target.ts';
import type { Model } from '../ir/model.ts';
import { stands } from '../ir/stands.ts';
import { type Dial, dialOf } from '../plan/listen.ts';

/** How each listener, as policies and ports name it, is reached from here. */
export type Where = ReadonlyMap<string, Reach>;

export interface Reach {
  readonly dial: Dial;
  /** The address that Caddy then sees; undefined on a Unix socket. */
  readonly from: string | undefined;
  /** What is sent stays on this machine. */
  readonly near: boolean;
}

/**
 * Reaches every listener on this machine, or the one for https at `connect` and the one for plain http beside it.
 * Sends nothing.
 */
export async function whereOf(
  model: Pick<Model, 'sites'>,
  target: Target,
  connect: { readonly https?: Dial; readonly http?: Dial } = {},
): Promise<Where> {
  const addresses = new Set(model.sites.flatMap((site) => stands(site, target)).map(({ address }) => address));
  const given = new Map([
    [`:${target.httpsPort}`, connect.https],
    [`:${target.httpPort}`, connect.http],
  ]);
  const where = new Map<string, Reach>();
  for (const address of addresses) {
    const dial = given.get(address) ?? dialOf(listenAddresses([address], target)[0] ?? '');
    if (dial !== undefined) where.set(address, { dial, ...(await vantage(dial)) });
  }
  return where;
}

async function vantage(dial: Dial): Promise<Omit<Reach, 'dial'>> {
  if ('path' in dial) return { from: undefined, near: true };
  if (dial.host === 'localhost' || dial.host.startsWith('127.')) return { from: '127.0.0.1', near: true };
  if (dial.host === '::1') return { from: '::1', near: true };
  const from = await sourceAddress(dial);
  return { from, near: from === dial.host };
}

/** The address that the system would call from. Connecting a UDP socket only looks up the way; a name is asked of DNS. */
async function sourceAddress({ host, port }: { host: string; port: number }): Promise<string | undefined> {
  const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
  try {
    socket.connect(port, host);
    await once(socket, 'connect');
    return socket.address().address;
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}
