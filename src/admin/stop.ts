import { createTransport } from './transport.ts';
import { DEFAULT_TIMEOUTS } from './timeouts.ts';

/**
 * Asks the Caddy behind this Unix socket to finish and end. Not a way of `AdminPort`, so that nothing that pushes policies
 * can ever end a Caddy. Resolves when it was asked, whatever came of it: whether it ends must be seen.
 */
export async function stopCaddy(socket: string): Promise<void> {
  const address = { kind: 'unix', path: socket, text: `unix/${socket}` } as const;
  await createTransport(
    address,
    {},
    { ...DEFAULT_TIMEOUTS, answer: 5_000 },
  )({
    method: 'POST',
    path: '/stop',
    maxBytes: 64 * 1024,
  });
}
