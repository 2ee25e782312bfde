import { expect, test } from 'vitest';
import type { AdminPort } from '../../src/admin/port.ts';
import { type CaddyExit, CaddyNotStarted } from '../../src/daemon/caddy-process.ts';
import type { ManagedCaddy } from '../../src/daemon/managed-caddy.ts';
import { supervise, type Supervision } from '../../src/daemon/supervise.ts';
import { Mailbox } from '../support/mailbox.ts';
import { until } from '../support/until.ts';

/** A Caddy that ends when the test says so. */
function pretendedCaddy(pid: number) {
  let end: (exit: CaddyExit) => void = () => {};
  const exited = new Promise<CaddyExit>((resolve) => {
    end = resolve;
  });
  const caddy: ManagedCaddy = {
    pid,
    exited,
    admin: {} as AdminPort,
    stop: async () => {
      end({ code: 0, signal: null });
      return exited;
    },
  };
  return { caddy, crash: () => end({ code: null, signal: 'SIGKILL' }), exited };
}

type Pretended = ReturnType<typeof pretendedCaddy>;

function supervised(changes: Partial<Supervision> = {}) {
  const stop = new AbortController();
  const started = new Mailbox<Pretended>();
  const said: string[] = [];
  const turns: boolean[] = [];
  let pid = 0;
  const done = supervise({
    start: async () => {
      const made = pretendedCaddy((pid += 1));
      started.put(made);
      return made.caddy;
    },
    serve: async (_caddy, { first }) => void turns.push(first),
    stop: stop.signal,
    drained: async () => {},
    say: (line) => void said.push(line),
    backoff: { next: () => 1 },
    patience: 1_000,
    ...changes,
  });
  return { done, stop, started, said, turns };
}

test('a Caddy that ends is followed by another, that is served anew, until it shall stop', async () => {
  const { done, stop, started, said, turns } = supervised();
  const first = await started.next();
  first.crash();
  const second = await started.next();
  second.crash();
  const third = await started.next();
  stop.abort();
  await done;
  expect((await third.exited).code).toBe(0);
  expect(turns).toEqual([true, false, false]);
  expect(said).toEqual([
    'Caddy: it was ended by SIGKILL; starting it again in 1 ms',
    'Caddy: started again (pid 2)',
    'Caddy: it was ended by SIGKILL; starting it again in 1 ms',
    'Caddy: started again (pid 3)',
  ]);
});

test('what cannot be served at first ends it all, Caddy too', async () => {
  const { done, started } = supervised({ serve: () => Promise.reject(new Error('rejected')) });
  const caught = done.catch((error: unknown) => error);
  expect(await (await started.next()).exited).toEqual({ code: 0, signal: null });
  expect(await caught).toEqual(new Error('rejected'));
});

test('a Caddy that ends while it is first fed is not fed the same again', async () => {
  const { done, started } = supervised({ serve: () => new Promise(() => {}) });
  (await started.next()).crash();
  await expect(done).rejects.toThrow('Caddy did not get to serve: it was ended by SIGKILL');
});

test('the first that does not start is the end, a later one is tried again', async () => {
  await expect(supervised({ start: () => Promise.reject(new CaddyNotStarted('no')) }).done).rejects.toThrow('no');

  const made = [pretendedCaddy(1), pretendedCaddy(2)];
  const served = new Mailbox<number>();
  let starts = 0;
  const { done, stop, said } = supervised({
    start: async () => {
      starts += 1;
      if (starts === 2) throw new CaddyNotStarted('not now');
      return (made[starts === 1 ? 0 : 1] as Pretended).caddy;
    },
    serve: async ({ pid }) => served.put(pid),
  });
  expect(await served.next()).toBe(1);
  made[0]?.crash();
  expect(await served.next()).toBe(2);
  stop.abort();
  await done;
  expect(said).toContain('Caddy: not now; starting it again in 1 ms');
});

test('to stop while it is fed is to stop at once', async () => {
  const { done, stop, started } = supervised({ serve: () => new Promise(() => {}) });
  const caddy = await started.next();
  stop.abort();
  await done;
  expect(await caddy.exited).toEqual({ code: 0, signal: null });
});

test('to stop while waiting for the next start is to stop at once', async () => {
  const { done, stop, started, said } = supervised({ backoff: { next: () => 2 ** 30 } });
  (await started.next()).crash();
  while (!said.some((line) => line.includes('starting it again'))) await new Promise(setImmediate);
  stop.abort();
  await done;
});

test('what is under way is ended before Caddy is told to stop; where Caddy ended by itself it goes on', async () => {
  let drains = 0;
  let release = (): void => {};
  const drained = (): Promise<void> => {
    drains++;
    return new Promise<void>((resolve) => {
      release = resolve;
    });
  };
  const { done, stop, started } = supervised({ drained });
  (await started.next()).crash();
  const second = await started.next();
  expect(drains).toBe(0);
  let hasEnded = false;
  const note = (): void => {
    hasEnded = true;
  };
  void second.exited.then(note);
  stop.abort();
  await until(() => (drains === 1 ? true : undefined));
  expect(hasEnded).toBe(false);
  release();
  await done;
  expect(hasEnded).toBe(true);
});
