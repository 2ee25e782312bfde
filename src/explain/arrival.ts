import { hostWithoutPort } from './client.ts';
import type { Listener } from './host-index.ts';

/** A URL as it was typed: nothing in it is tidied up, as a browser would. */
export interface TypedUrl {
  readonly scheme: 'http' | 'https';
  /** As the Host header has it. */
  readonly host: string;
  /** Undefined for the usual one of the scheme. */
  readonly port: number | undefined;
  /** Path and query. */
  readonly target: string;
}

/** Undefined for what is no URL of http or https. A fragment never leaves the client. */
export function readUrl(text: string): TypedUrl | undefined {
  const [, scheme = '', host = '', target = ''] = /^(https?):\/\/([^/?#\s@]+)([^#]*)/i.exec(text) ?? [];
  const port = /:(\d{1,5})$/.exec(host)?.[1];
  if (hostWithoutPort(host) === '' || (host.includes(':') && port === undefined && !host.endsWith(']')))
    return undefined;
  return {
    scheme: scheme.toLowerCase() as TypedUrl['scheme'],
    host,
    port: port === undefined ? undefined : Number(port),
    target: target.startsWith('/') ? target : `/${target}`,
  };
}

/** The listener that such a request reaches: of several at one port the one that serves the host. Undefined for none. */
export function listenerFor(
  { scheme, host, port }: TypedUrl,
  listeners: readonly Listener[],
  usual: { readonly httpPort: number; readonly httpsPort: number },
): Listener | undefined {
  const wanted = port ?? (scheme === 'https' ? usual.httpsPort : usual.httpPort);
  const here = listeners.filter(
    ({ address, tls }) =>
      tls === (scheme === 'https') && !address.startsWith('unix/') && address.endsWith(`:${wanted}`),
  );
  return here.find(({ standOf }) => standOf(hostWithoutPort(host))) ?? here[0];
}
