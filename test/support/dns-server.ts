import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';

export interface DnsServer {
  /** As a resolver is told of it. */
  readonly address: string;
  /** What it says of each name from now on; of others that they do not exist, and to `silent` ones nothing. */
  say(addresses: Readonly<Record<string, readonly string[] | 'silent'>>): void;
  /** The names that it was asked for. */
  readonly asked: readonly string[];
  close(): void;
}

const [A, AAAA, NO_SUCH_NAME] = [1, 28, 3];

/** A server for names on a free port of loopback, as far as RFC 1035 is needed to answer for addresses. */
export async function startDnsServer(): Promise<DnsServer> {
  const socket = createSocket('udp4');
  let known: Parameters<DnsServer['say']>[0] = {};
  const asked: string[] = [];
  socket.on('message', (query, from) => {
    const { name, kind, end } = questionOf(query);
    asked.push(name);
    const found = Object.hasOwn(known, name) ? known[name] : undefined;
    if (found === 'silent') return;
    const records = (found ?? []).flatMap((each) =>
      (isIP(each) === 6 ? AAAA : A) === kind ? [recordOf(kind, each)] : [],
    );
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8180 | (found === undefined ? NO_SUCH_NAME : 0), 2);
    header.writeUInt16BE(records.length, 6);
    // Whatever the question added after itself is not answered.
    header.writeUInt32BE(0, 8);
    socket.send(Buffer.concat([header, query.subarray(12, end), ...records]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    say(addresses) {
      known = addresses;
    },
    asked,
    close: () => void socket.close(),
  };
}

function questionOf(query: Buffer): { readonly name: string; readonly kind: number; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), kind: query.readUInt16BE(at + 1), end: at + 5 };
}

/** Of the name that was asked for, with no time to live. */
function recordOf(kind: number, address: string): Buffer {
  const bytes = kind === A ? address.split('.').map(Number) : bytesOfSix(address);
  const head = Buffer.from([0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 0, 0, bytes.length]);
  return Buffer.concat([head, Buffer.from(bytes)]);
}

function bytesOfSix(address: string): number[] {
  const [left = '', right = ''] = address.split('::');
  const words = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [before, after] = [words(left), words(right)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].flatMap((word) => {
    const value = Number.parseInt(word, 16);
    return [value >> 8, value & 255];
  });
}
