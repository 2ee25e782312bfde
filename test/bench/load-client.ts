import { connect } from 'node:net';

/** A process of its own that asks as fast as it can: over so many kept connections, each with one request under way. */
interface Load {
  readonly port: number;
  readonly milliseconds: number;
  readonly connections: number;
  /** Whole requests, asked in turns. */
  readonly requests: readonly string[];
}

/** How many answers came, and how many of each status; prints it as JSON. */
export interface Answered {
  readonly answers: number;
  readonly milliseconds: number;
  readonly statuses: Readonly<Record<string, number>>;
}

function ask(
  { port, requests }: Load,
  turn: () => number,
  until: number,
  statuses: Map<string, number>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    const send = (): void => void socket.write(requests[turn() % requests.length] ?? '');
    let text = '';
    socket.setEncoding('latin1').on('connect', send).on('error', reject);
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      const status = text.slice(9, 12);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      text = '';
      if (performance.now() < until) send();
      else socket.end(resolve);
    });
  });
}

async function main(): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const load = JSON.parse(Buffer.concat(chunks).toString()) as Load;
  const statuses = new Map<string, number>();
  const begun = performance.now();
  let next = 0;
  const turn = (): number => next++;
  const until = begun + load.milliseconds;
  await Promise.all(Array.from({ length: load.connections }, () => ask(load, turn, until, statuses)));
  const answers = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  const answered: Answered = {
    answers,
    milliseconds: performance.now() - begun,
    statuses: Object.fromEntries(statuses),
  };
  process.stdout.write(JSON.stringify(answered));
}

await main();
