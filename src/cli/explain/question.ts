import { listenerFor, readUrl } from '../../explain/arrival.ts';
import type { Asked } from '../../explain/asked.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { ExplainOptions } from './options.ts';

interface Place {
  readonly address: string;
  readonly tls: boolean;
}

/** The request that was typed, and which of these listeners it reaches. Ends the command where it is none, or reaches none. */
export function question<L extends Place>(
  [method = '', text = '']: readonly string[],
  options: ExplainOptions,
  listeners: readonly L[],
  serves: (listener: L, host: string) => boolean,
): { asked: Asked; listener: L } {
  const url = readUrl(text);
  if (url === undefined)
    throw new Failure(exitCodes.usage, `"${text}" is not a URL of http or https`, 'like https://app.example.com/api');
  const listener =
    options.at === undefined
      ? listenerFor(url, listeners, options, serves)
      : listeners.find(({ address }) => address === options.at);
  if (listener === undefined) {
    const port = url.port ?? (url.scheme === 'https' ? options.httpsPort : options.httpPort);
    const known = listeners.map(({ address, tls }) => `${address} (${tls ? 'https' : 'http'})`).join(', ');
    const hint = known === '' ? 'nothing is served at all' : `served are ${known}`;
    throw new Failure(exitCodes.usage, `no site is served by ${options.at ?? `${url.scheme} at port ${port}`}`, hint);
  }
  const isHost = ([name]: readonly [string, string]) => name.toLowerCase() === 'host';
  const asked: Asked = {
    method,
    at: listener.address,
    host: options.header.findLast(isHost)?.[1] ?? url.host,
    target: url.target,
    headers: options.header.filter((header) => !isHost(header)),
    from: listener.address.startsWith('unix/') ? undefined : options.from,
    protocol: options.protocol,
  };
  return { asked, listener };
}
