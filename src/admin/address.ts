/** Where Caddy's admin API listens, checked and taken apart. `text` is how messages name it. */
export type AdminAddress =
  | { readonly kind: 'tcp'; readonly protocol: 'http' | 'https'; readonly origin: string; readonly text: string }
  | { readonly kind: 'unix'; readonly path: string; readonly text: string };

export type ParsedAddress =
  | { readonly ok: true; readonly address: AdminAddress }
  | { readonly ok: false; readonly message: string; readonly hint: string };

const FORMS = 'write localhost:2019, http://HOST:PORT, https://HOST:PORT or unix//PATH';

/**
 * Takes what Caddy's own `--address` takes, and URLs. A host without a scheme or a port means Caddy's default, 2019.
 * Messages are without the address itself: a URL may hold a password.
 */
export function parseAddress(text: string): ParsedAddress {
  const trimmed = text.trim();
  if (trimmed === '') return wrong('the admin address is empty', FORMS);
  if (trimmed.startsWith('unix')) return parseUnix(trimmed);
  const plain = trimmed.replace(/^tcp\//, '');
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(plain)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    return wrong(`the admin address has the scheme "${scheme}"`, FORMS);
  }
  if (plain.startsWith(':'))
    return wrong('the admin address has no host', 'write localhost:2019 for a Caddy on this machine');
  if (/^\d+$/.test(plain)) return wrong('the admin address is a bare port', `write localhost:${plain}`);
  return parseUrl(plain, scheme);
}

function parseUrl(plain: string, scheme: 'http' | 'https' | undefined): ParsedAddress {
  const withScheme = scheme === undefined ? `http://${plain}` : plain;
  if (!URL.canParse(withScheme)) return wrong('the admin address is not a host and port', FORMS);
  const url = new URL(withScheme);
  if (url.username !== '' || url.password !== '') {
    return wrong(
      'the admin address holds a user or password, which Caddy does not ask for',
      'use https:// with --cert and --key, or a Unix socket',
    );
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return wrong('the admin address has a path', 'give only the scheme, host and port');
  }
  if (scheme === undefined && !/:\d+\/?$/.test(plain)) url.port = '2019';
  const text = scheme === undefined ? `${url.hostname}:${url.port || '80'}` : url.origin;
  return { ok: true, address: { kind: 'tcp', protocol: scheme ?? 'http', origin: url.origin, text } };
}

function parseUnix(text: string): ParsedAddress {
  if (!text.startsWith('unix/')) return wrong('the admin address is not one that Caddy knows', FORMS);
  // Caddy's listen form may end in the socket's permissions, which say nothing to a client.
  const path = text.slice('unix/'.length).replace(/\|0?[0-7]{3}$/, '');
  if (path.startsWith('@'))
    return wrong('the admin address is an abstract socket', 'use a socket with a path: unix//PATH');
  if (!path.startsWith('/') || path === '/') {
    return wrong('the admin address has no absolute socket path', 'write unix//run/caddy/admin.sock, with two slashes');
  }
  return { ok: true, address: { kind: 'unix', path, text: `unix/${path}` } };
}

function wrong(message: string, hint: string): ParsedAddress {
  return { ok: false, message, hint };
}
