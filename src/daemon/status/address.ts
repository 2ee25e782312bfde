/** Where the status server listens, checked and taken apart. `text` is how messages and clients name it. */
export type StatusAddress =
  | {
      readonly kind: 'tcp';
      /** An address or name without brackets. */
      readonly host: string;
      readonly port: number;
      readonly isLoopback: boolean;
      readonly text: string;
    }
  | { readonly kind: 'unix'; readonly path: string; readonly mode: number; readonly text: string };

export type ParsedStatusAddress =
  | { readonly ok: true; readonly address: StatusAddress }
  | { readonly ok: false; readonly message: string; readonly hint: string };

export const usualStatusAddress = '127.0.0.1:2020';

const forms = `write ${usualStatusAddress}, HOST:PORT or unix//PATH`;

/** Takes `HOST:PORT`, `:PORT` for all interfaces, and `unix//PATH`, as Caddy writes them; a socket's mode may be `|0660`. */
export function parseStatusAddress(text: string): ParsedStatusAddress {
  if (text.startsWith('unix/')) return parseUnix(text);
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]*)):(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port < 1 || port > 65_535)
    return wrong('the status address is not a host and port', forms);
  const named = (bracketed ?? plain ?? '').toLowerCase();
  // What else it may resolve to is up to others.
  const host = named === 'localhost' ? '127.0.0.1' : named || '0.0.0.0';
  const isLoopback = host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
  return { ok: true, address: { kind: 'tcp', host, port, isLoopback, text: `${bracket(host)}:${port}` } };
}

function parseUnix(text: string): ParsedStatusAddress {
  const [, path = '', mode = '0600'] = /^unix\/([^|]*)(?:\|(.*))?$/.exec(text) ?? [];
  if (!path.startsWith('/') || path.endsWith('/')) {
    return wrong(
      'the status address has no absolute socket path',
      'write unix//run/caddyctl/status.sock, with two slashes',
    );
  }
  // Linux has room for 107 bytes, others for 103; the system would cut it off.
  if (Buffer.byteLength(path) > 103)
    return wrong("the status address is longer than a socket's path may be", 'choose a shorter one');
  if (!/^0?6[06]0$/.test(mode))
    return wrong('the status socket has a mode that others get in by', 'write |0600 or |0660');
  return { ok: true, address: { kind: 'unix', path, mode: Number.parseInt(mode, 8), text: `unix/${path}` } };
}

/** As a route of this machine's Caddy would dial it. */
export function dialOf({ host, port, text }: Extract<StatusAddress, { readonly kind: 'tcp' }>): string {
  return host === '0.0.0.0' || host === '::' ? `127.0.0.1:${port}` : text;
}

export function bracket(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function wrong(message: string, hint: string): ParsedStatusAddress {
  return { ok: false, message, hint };
}
