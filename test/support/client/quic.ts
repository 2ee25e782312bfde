import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';

const SMALLEST_FIRST_DATAGRAM = 1_200;

/**
 * Whether somebody on this UDP port speaks QUIC, which HTTP/3 needs. Asks in a version that does not exist, and a server
 * must say which it has (RFC 9000, 6.1). False where the port is shut.
 */
export function speaksQuic(port: number): Promise<boolean> {
  const connectionId = randomBytes(8);
  const head = Buffer.from([0xc0, 0x1a, 0x2a, 0x3a, 0x4a, 8, ...connectionId, 8, ...randomBytes(8)]);
  const datagram = Buffer.concat([head, randomBytes(SMALLEST_FIRST_DATAGRAM - head.length)]);
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const done = (speaks: boolean) => {
      socket.close();
      resolve(speaks);
    };
    // The answer is a version negotiation: version 0, and our connection id sent back to us.
    socket.on('message', (answer) => done(answer.readUInt32BE(1) === 0 && answer.includes(connectionId)));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') done(false);
      else reject(error);
    });
    socket.connect(port, '127.0.0.1', () => socket.send(datagram));
  });
}
