/** Where to dial, and as whom: always 127.0.0.1, whatever DNS says about the site's name. */
export interface Endpoint {
  /** The site's name, for SNI and Host, without the test's port, as clients of the real ports send it. */
  readonly host: string;
  readonly port: number;
  /** The only CA to trust, PEM; without one the connection is plain http. */
  readonly ca?: string | undefined;
  /** The loopback address to call from; 127.0.0.0/8 is all loopback on Linux. */
  readonly from?: string | undefined;
}

export interface Ask {
  readonly method?: string;
  /** Sent as it stands, however odd. */
  readonly path?: string;
  /** A list of values is as many header lines. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}
