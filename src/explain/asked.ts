/** One request as a client sends it. */
export interface Asked {
  readonly method: string;
  /** Where it arrives, as policies and ports name it: `:443`, `127.0.0.1:8480`, `unix//run/site.sock`. */
  readonly at: string;
  /** The Host header, its port too; "" for none. */
  readonly host: string;
  /** The path and query as the request line has them. */
  readonly target: string;
  /** In order, in any spelling; a name may come twice. Host is none of them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The address that the connection comes from; undefined on a Unix socket. */
  readonly from: string | undefined;
  readonly protocol: 'http/1.0' | 'http/1.1' | 'http/2' | 'http/3';
}
