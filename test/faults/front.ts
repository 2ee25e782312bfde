import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What is found at the admin API's address. */
export type Manner = 'through' | 'error 500' | 'garbage' | 'nothing' | 'resets';

/** A port in front of an admin API that can turn into something else. */
export interface Front {
  /** As `--admin` takes it. */
  readonly address: string;
  /** Cuts what is open, and from now on is this. */
  become(manner: Manner): void;
  stop(): Promise<void>;
}

const error500 = 'HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain\r\ncontent-length: 6\r\n\r\nbroken';

/** `target` is a `HOST:PORT`. */
export async function startFront(target: string): Promise<Front> {
  const [host, port] = target.split(':');
  const open = new Set<Socket>();
  let manner: Manner = 'through';

  function keep(socket: Socket): void {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
  }

  const server = createServer((socket) => {
    keep(socket);
    switch (manner) {
      case 'through': {
        const onward = connect({ host, port: Number(port) });
        keep(onward);
        socket.pipe(onward).pipe(socket);
        onward.on('close', () => socket.destroy());
        socket.on('close', () => onward.destroy());
        return;
      }
      case 'error 500':
        socket.on('data', () => socket.end(error500));
        return;
      case 'garbage':
        socket.on('data', () => socket.end('%%% this is not HTTP %%%\r\n\r\n'));
        return;
      case 'nothing':
        return;
      case 'resets':
        socket.resetAndDestroy();
        return;
      default:
        throw new Error(`unknown manner ${String(manner satisfies never)}`);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => open.forEach((socket) => socket.destroy());
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    become(next) {
      manner = next;
      cut();
    },
    async stop() {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
