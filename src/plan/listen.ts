/** What a Caddy listen address takes on the machine, as far as its text tells. */
export type ListenAddress =
  | { readonly kind: 'path'; readonly path: string }
  | {
      readonly kind: 'net';
      readonly transport: 'tcp' | 'udp';
      /** Absent where both families are meant, as in `tcp/:443`. */
      readonly family?: 4 | 6;
      /** Lower case, without brackets; "" for every address of the machine. */
      readonly host: string;
      readonly from: number;
      readonly to: number;
    };

const NETWORKS = /^(tcp|udp)([46])?$/;
const UNSPECIFIED = new Set(['', '0.0.0.0', '::', '0:0:0:0:0:0:0:0', '*']);

/**
 * Reads `:443`, `10.0.0.1:8000-8010`, `[::]:443`, `tcp4/:80`, `udp/:443`, `unix//run/x.sock|0660`, `fd/3`. Undefined for what
 * cannot be told from the text, such as a placeholder: binding it is then Caddy's to refuse.
 */
export function parseListen(text: string): ListenAddress | undefined {
  const slash = text.indexOf('/');
  const network = slash === -1 ? 'tcp' : text.slice(0, slash).trim().toLowerCase();
  const rest = text.slice(slash + 1);
  if (/^(unix|unixgram|unixpacket|unix\+h2c)$/.test(network)) return { kind: 'path', path: rest.replace(/\|\d+$/, '') };
  if (/^fd(gram)?$/.test(network)) return { kind: 'path', path: `fd/${rest}` };
  const parts = /^(?:\[([^\]]*)\]|([^:[\]{}]*)):(\d+)(?:-(\d+))?$/.exec(rest);
  const [, transport, family] = NETWORKS.exec(network) ?? [];
  if (parts === null || transport === undefined) return undefined;
  const host = (parts[1] ?? parts[2] ?? '').toLowerCase();
  const from = Number(parts[3]);
  return {
    kind: 'net',
    transport: transport === 'udp' ? 'udp' : 'tcp',
    ...(family === undefined ? {} : { family: family === '4' ? 4 : 6 }),
    host: UNSPECIFIED.has(host) ? '' : host,
    from,
    to: Number(parts[4] ?? from),
  };
}

/** Where a client of this machine connects to. */
export type Dial = { readonly host: string; readonly port: number } | { readonly path: string };

/** What listens on every address also listens on the loopback. Undefined for what cannot be told from the text. */
export function dialOf(listen: string): Dial | undefined {
  const parsed = parseListen(listen);
  if (parsed === undefined) return undefined;
  if (parsed.kind === 'path') return { path: parsed.path };
  return { host: parsed.host === '' ? '127.0.0.1' : parsed.host, port: parsed.from };
}

/**
 * Whether two servers would want the same socket. Caddy itself compares texts, and the kernel lets two sockets of one
 * process share a port (SO_REUSEPORT), so `:443` beside `127.0.0.1:443` is taken by Caddy and then answers by turns.
 */
export function overlaps(one: ListenAddress, other: ListenAddress): boolean {
  if (one.kind === 'path' || other.kind === 'path') {
    return one.kind === 'path' && other.kind === 'path' && one.path === other.path;
  }
  // Port 0 is a free port, a new one each time.
  if (one.from === 0 || other.from === 0) return false;
  return (
    one.transport === other.transport &&
    one.from <= other.to &&
    other.from <= one.to &&
    sharesFamily(one, other) &&
    (one.host === '' || other.host === '' || sameHost(one.host, other.host))
  );
}

type NetAddress = Extract<ListenAddress, { kind: 'net' }>;

function sharesFamily(one: NetAddress, other: NetAddress): boolean {
  const [first, second] = [familyOf(one), familyOf(other)];
  return first === undefined || second === undefined || first === second;
}

/** `0.0.0.0` and `::` under plain `tcp` are every address of both families: Go opens one socket for both. */
function familyOf({ family, host }: NetAddress): 4 | 6 | undefined {
  if (family !== undefined || host === '') return family;
  if (host.includes(':')) return 6;
  return /^[\d.]+$/.test(host) ? 4 : undefined;
}

function sameHost(one: string, other: string): boolean {
  return one === other || (isLoopback(one) && isLoopback(other) && [one, other].includes('localhost'));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
