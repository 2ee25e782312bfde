export interface Attempt {
  /** `by apt` */
  readonly way: string;
  /** One line. */
  readonly reason: string;
}

/** No way of obtaining a Caddy worked; the message says why each failed and what the operator can do. */
export class CaddyNotObtained extends Error {
  override readonly name = 'CaddyNotObtained';
  readonly attempts: readonly Attempt[];

  constructor(attempts: readonly Attempt[]) {
    super(
      [
        'No Caddy could be obtained.',
        ...attempts.map(({ way, reason }) => `  ${way}: ${reason}`),
        'Install Caddy 2.11 or newer (https://caddyserver.com/docs/install) so that `caddy` is on the PATH,',
        'or set CADDY_BIN to the path of one.',
      ].join('\n'),
    );
    this.attempts = attempts;
  }
}
