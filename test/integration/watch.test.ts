import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { caddyctl, endAll } from '../support/up.ts';
import { until } from '../support/until.ts';
import { logOf, logs, startWatching, type Watching } from '../support/watching.ts';

let at: Watching;
beforeEach(async () => {
  at = await startWatching();
});
afterEach(async () => {
  await endAll([]);
  await at.stop();
});

/** Sites in the clear on the test's port, by name and body. */
function sites(bodies: Readonly<Record<string, string>>): string {
  const each = Object.entries(bodies).map(
    ([name, body]) => `  ${name}.example.com: { listen: '127.0.0.1:${at.port}', tls: off, respond: ${body} }\n`,
  );
  return `sites:\n${each.join('')}`;
}

describe('what is saved', () => {
  test('is served, and nothing else is pushed', async () => {
    await at.startCaddy();
    await at.write(sites({ a: 'one' }));
    const run = at.watch();
    await at.serves('a.example.com', 'one');
    await at.write(sites({ a: 'two' }));
    await at.serves('a.example.com', 'two');
    await at.write(sites({ b: 'more' }), 'b.yaml');
    await at.serves('b.example.com', 'more');
    expect(at.loads()).toBe(3);
    const applied = await until(() => {
      const lines = logOf(run).filter(({ msg }) => msg === 'policies applied');
      return lines.length === 3 ? lines : undefined;
    });
    expect(applied.at(-1)).toMatchObject({ outcome: 'applied', saveToLiveMs: expect.any(Number) });
    expect(run.stdout()).toBe('');
  });

  test('and has a mistake is not pushed but told with its place, until it is mended', async () => {
    await at.startCaddy();
    await at.write(sites({ a: 'one' }));
    const run = at.watch();
    await at.serves('a.example.com', 'one');
    await at.write(sites({ b: 'new' }), 'b.yaml');
    await at.serves('b.example.com', 'new');
    await at.write(sites({ a: 'two' }).replace('respond', 'respnd'));
    const told = await logs(run, { msg: 'diagnostic', code: 'unknown-key' });
    expect(told['place']).toMatch(/policies\/site\.yaml:2:\d+$/);
    expect(told['hint']).toContain('respond');
    await logs(run, { msg: 'policies not applied', outcome: 'invalid' });
    expect(at.loads()).toBe(2);
    expect(await at.body('a.example.com')).toBe('one');
    await at.write(sites({ a: 'two' }));
    await at.serves('a.example.com', 'two');
    expect(at.loads()).toBe(3);
  });

  test('and is mended at once is not spoken of', async () => {
    await at.startCaddy();
    await at.write(sites({ a: 'one' }));
    const run = at.watch('--log-level', 'debug');
    await at.serves('a.example.com', 'one');
    const passes = (): number => logOf(run).filter(({ msg }) => msg === 'pass begun').length;
    await until(() => (passes() > 0 && logOf(run).some(({ msg }) => msg === 'policies applied') ? true : undefined));
    const before = passes();
    await at.write('sites: { a');
    await until(() => (passes() > before ? true : undefined));
    await at.write(sites({ a: 'two' }));
    await at.serves('a.example.com', 'two');
    expect(run.stderr()).not.toContain('policies not applied');
    expect(at.loads()).toBe(2);
  });

  test('and says the same in other words is no load', async () => {
    await at.startCaddy();
    await at.write(sites({ a: 'one', b: 'two' }));
    const run = at.watch('--log-level', 'debug');
    await at.serves('a.example.com', 'one');
    const looked = async (act: () => Promise<void>): Promise<void> => {
      const before = logOf(run).length;
      await act();
      await logs(run, { outcome: 'unchanged' }, before);
    };
    await looked(() => at.write(`# a comment\n${sites({ a: 'one', b: 'two' })}`));
    await looked(() => at.write(sites({ b: 'two', a: 'one' })));
    await looked(async () => {
      await at.write(sites({ b: 'two' }), 'b.yaml');
      await at.write(sites({ a: 'one' }));
    });
    expect(at.loads()).toBe(1);
  });

  test('fifty times in a burst is few loads, and the last one is live', async () => {
    await at.startCaddy();
    await at.write(sites({ a: 'v0' }));
    at.watch();
    await at.serves('a.example.com', 'v0');
    for (let edit = 1; edit <= 50; edit++) await at.write(sites({ a: `v${edit}` }));
    await at.serves('a.example.com', 'v50');
    expect(at.loads()).toBeLessThanOrEqual(5);
  });
});

describe('one bad file', () => {
  test('keeps all others back, as it is', async () => {
    await at.startCaddy();
    await at.write(sites({ a: 'one' }));
    await at.write(sites({ b: 'one' }), 'b.yaml');
    const run = at.watch();
    await at.serves('a.example.com', 'one');
    await at.write('sites: [', 'b.yaml');
    await logs(run, { msg: 'policies not applied' });
    const before = logOf(run).length;
    await at.write(`${sites({ a: 'two' })}# and a second mistake here\nsitse: {}\n`);
    await logs(run, { msg: 'diagnostic', code: 'unknown-key' }, before);
    expect(await Promise.all([at.body('a.example.com'), at.body('b.example.com')])).toEqual(['one', 'one']);
    expect(at.loads()).toBe(1);
  });

  test('--on-error hold-file: stays as it was while the others move on, and is never left out', async () => {
    await at.startCaddy();
    await at.write(sites({ a: 'one' }));
    await at.write(sites({ b: 'one' }), 'b.yaml');
    const run = at.watch('--on-error', 'hold-file');
    await at.serves('b.example.com', 'one');
    await at.write('sites: [', 'b.yaml');
    await logs(run, { msg: 'diagnostic', code: 'syntax' });
    await at.write(sites({ a: 'two' }));
    await at.serves('a.example.com', 'two');
    expect(await at.body('b.example.com')).toBe('one');
    await at.write(sites({ b: 'two' }), 'b.yaml');
    await at.serves('b.example.com', 'two');
    expect(at.loads()).toBe(3);
  });
});

describe('one bad file, held, and a daemon that is started anew', () => {
  async function holdAndRestart(): Promise<ReturnType<Watching['watch']>> {
    await at.startCaddy();
    await at.write(sites({ a: 'one' }));
    await at.write(sites({ b: 'one' }), 'b.yaml');
    const first = at.watch('--on-error', 'hold-file');
    await at.serves('b.example.com', 'one');
    await at.write('sites: [', 'b.yaml');
    await logs(first, { msg: 'diagnostic', code: 'syntax' });
    await at.write(sites({ a: 'two' }));
    await at.serves('a.example.com', 'two');
    await until(() => (logOf(first).filter(({ msg }) => msg === 'policies applied').length === 2 ? true : undefined));
    first.kill('SIGTERM');
    await first.ended;
    return at.watch('--on-error', 'hold-file', '--log-level', 'debug');
  }

  test('refuses the whole set, since it knows no text to hold; what serves goes on until all is mended', async () => {
    const run = await holdAndRestart();
    await logs(run, { msg: 'policies not applied', outcome: 'invalid' });
    await at.write(sites({ a: 'three' }));
    // Told anew, as the files are others: not of a later pass over the same.
    await until(() => (logOf(run).filter(({ msg }) => msg === 'policies not applied').length === 2 ? true : undefined));
    expect(await Promise.all([at.body('a.example.com'), at.body('b.example.com')])).toEqual(['two', 'one']);
    expect(at.loads()).toBe(2);
    await at.write(sites({ b: 'three' }), 'b.yaml');
    await at.serves('b.example.com', 'three');
    expect(await at.body('a.example.com')).toBe('three');
    expect(at.loads()).toBe(3);
  });

  test('gives a Caddy that has lost all what it had, from the history', async () => {
    const run = await holdAndRestart();
    await logs(run, { msg: 'policies not applied', outcome: 'invalid' });
    await at.startCaddy();
    await at.serves('b.example.com', 'one');
    expect(await at.body('a.example.com')).toBe('two');
    await logs(run, { msg: 'drift healed', drift: 'reset' });
    expect(at.loads()).toBe(3);
  });
});

describe('guards', () => {
  test('a folder that was emptied is refused, serving goes on, and the way to allow it works once', async () => {
    await at.startCaddy();
    await at.write(sites({ a: 'one' }));
    const run = at.watch();
    await at.serves('a.example.com', 'one');
    await at.remove();
    const refused = await logs(run, { msg: 'policies not applied', outcome: 'refused' });
    expect(refused['reason']).toContain('would remove all 1 live sites');
    expect(await at.body('a.example.com')).toBe('one');
    expect(at.loads()).toBe(1);

    const [, digest = ''] = /--allow ([0-9a-f]+)/.exec(String(refused['hint'])) ?? [];
    run.kill('SIGTERM');
    await run.ended;
    const allowing = at.watch('--allow', digest);
    await logs(allowing, { msg: 'policies applied' });
    expect(await at.body('a.example.com')).toBeUndefined();
    await at.write(sites({ a: 'back' }));
    await at.serves('a.example.com', 'back');
  });

  test('more sites gone than are allowed, and more than three times as many', async () => {
    await at.startCaddy();
    const many = (count: number): string =>
      sites(Object.fromEntries(Array.from({ length: count }, (_, n) => [`s${n}`, 'ok'])));
    await at.write(many(6));
    const run = at.watch();
    await at.serves('s5.example.com', 'ok');
    await at.write(many(3));
    expect((await logs(run, { outcome: 'refused' }))['reason']).toContain('live routes would go');
    const before = logOf(run).length;
    await at.write(many(30));
    expect((await logs(run, { outcome: 'refused' }, before))['reason']).toContain('more than 3 times as many');
    await at.write(many(7));
    await at.serves('s6.example.com', 'ok');
    expect(at.loads()).toBe(2);
  });

  test('an address that another program has is told at its line before Caddy is asked, and taken when it is free', async () => {
    const other = createServer().listen(at.port, '127.0.0.1');
    await until(() => (other.listening ? true : undefined));
    await at.startCaddy();
    await at.write(sites({ a: 'one' }));
    const run = at.watch();
    const told = await logs(run, { msg: 'diagnostic', code: 'listen-taken' });
    expect(told['place']).toMatch(/site\.yaml:2:\d+$/);
    expect(at.loads()).toBe(0);
    other.close();
    await at.serves('a.example.com', 'one');
    expect(at.loads()).toBe(1);
  });

  test('a config that Caddy rejects is sent once, and again when a policy changes', async () => {
    await at.startCaddy();
    await at.write(sites({ a: 'one' }));
    const run = at.watch('--interval', '100ms');
    await at.serves('a.example.com', 'one');
    const bad = sites({ a: 'two' }).replace('respond: two', 'raw: [{ handler: no_such_handler }]');
    await at.write(bad);
    const told = await logs(run, { outcome: 'rejected' });
    expect(told['reason']).toContain('no_such_handler');
    await logs(run, { outcome: 'withheld' });
    const loads = at.loads();
    const proxied = at.proxy.requests.length;
    // More passes go by, by the interval, and none of them sends it.
    await until(() => (at.proxy.requests.length > proxied + 20 ? true : undefined));
    expect(at.loads()).toBe(loads);
    expect(await at.body('a.example.com')).toBe('one');
    await at.write(sites({ a: 'three' }));
    await at.serves('a.example.com', 'three');
  });
});

describe('signals', () => {
  test('SIGHUP looks again', async () => {
    await at.startCaddy();
    await at.write(sites({ a: 'one' }));
    const run = at.watch('--log-level', 'debug');
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'policies applied' });
    const before = logOf(run).length;
    run.kill('SIGHUP');
    await logs(run, { outcome: 'unchanged' }, before);
    const [begun] = logOf(run)
      .slice(before)
      .filter(({ msg }) => msg === 'pass begun');
    expect(begun?.['reasons']).toEqual(['signal']);
  });

  test('SIGTERM ends it, and what is served goes on', async () => {
    await at.startCaddy();
    await at.write(sites({ a: 'one' }));
    const run = at.watch();
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'policies applied' });
    run.kill('SIGTERM');
    expect(await run.ended).toBe(143);
    expect(await at.body('a.example.com')).toBe('one');
    expect(at.loads()).toBe(1);
  });

  test('SIGTERM finishes the pass under way; a second one does not wait', async () => {
    const { pid } = await at.startCaddy();
    await at.write(sites({ a: 'one' }));
    const run = at.watch('--log-level', 'debug');
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'policies applied' });
    process.kill(pid, 'SIGSTOP');
    const before = logOf(run).length;
    await at.write(sites({ a: 'two' }));
    await logs(run, { msg: 'pass begun' }, before);
    run.kill('SIGTERM');
    await run.says(/the pass under way is finished/);
    process.kill(pid, 'SIGCONT');
    expect(await run.ended).toBe(143);
    expect(await at.body('a.example.com')).toBe('two');

    const again = at.watch('--log-level', 'debug');
    await logs(again, { outcome: 'unchanged' });
    process.kill(pid, 'SIGSTOP');
    const skip = logOf(again).length;
    await at.write(sites({ a: 'three' }));
    await logs(again, { msg: 'pass begun' }, skip);
    again.kill('SIGTERM');
    await again.says(/the pass under way is finished/);
    again.kill('SIGTERM');
    expect(await again.ended).toBe(143);
    process.kill(pid, 'SIGCONT');
  });
});

test('standard input cannot be watched', async () => {
  const run = at.watch('-');
  expect(await run.ended).toBe(64);
});

test('what is pinned stays until a file changes', async () => {
  await at.startCaddy();
  await at.write(sites({ a: 'one' }));
  const run = at.watch();
  await at.serves('a.example.com', 'one');
  await at.write(sites({ a: 'two' }));
  await at.serves('a.example.com', 'two');
  await until(() => (logOf(run).filter(({ msg }) => msg === 'policies applied').length === 2 ? true : undefined));
  const back = caddyctl({ args: ['rollback', '--admin', at.proxy.address], home: at.folder });
  expect(await back.ended).toBe(0);
  await at.serves('a.example.com', 'one');
  run.kill('SIGHUP');
  await logs(run, { msg: 'nothing to apply' });
  expect(await at.body('a.example.com')).toBe('one');
  const loads = at.loads();
  await at.write(sites({ a: 'three' }));
  await at.serves('a.example.com', 'three');
  expect(at.loads()).toBe(loads + 1);
});
