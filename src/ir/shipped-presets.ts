import type { SourceFile } from '../diagnostics/position.ts';

/**
 * The presets that come with caddyctl, written as an operator would write them. No Content-Security-Policy: only the app knows it.
 * HSTS without `preload`, which cannot be taken back, and without subdomains, which a policy of one host must not speak for.
 */
export const shippedPresets: SourceFile = {
  path: '(presets shipped with caddyctl)',
  text: `presets:
  secure:
    hide_server: true
    headers:
      Strict-Transport-Security: max-age=31536000
      X-Content-Type-Options: nosniff
      X-Frame-Options: DENY
      Referrer-Policy: strict-origin-when-cross-origin
      Permissions-Policy: camera=(), microphone=(), geolocation=()
`,
};
