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
export function listenerFor<L extends Pick<Listener, 'address' | 'tls'>>(
  { scheme, host, port }: TypedUrl,
  listeners: readonly L[],
  usual: { readonly httpPort: number; readonly httpsPort: number },
  serves: (listener: L, host: string) => boolean,
): L | undefined {
  const wanted = port ?? (scheme === 'https' ? usual.httpsPort : usual.httpPort);
  const here = listeners.filter(
    ({ address, tls }) =>
      tls === (scheme === 'https') && !address.startsWith('unix/') && address.endsWith(`:${wanted}`),
  );
  return here.find((each) => serves(each, hostWithoutPort(host))) ?? here[0];
}
