/** By which Caddy, its log and the apps know who asks. */
export const userAgent = 'caddyctl-test';
