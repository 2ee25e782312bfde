import { join } from 'node:path';
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

function site(body: string, name = 'a'): string {
  return `sites:\n  ${name}.example.com: { listen: '127.0.0.1:${at.port}', tls: off, respond: ${body} }\n`;
}

function server(): string {
  return `/config/apps/http/servers/caddyctl-default-127.0.0.1-${at.port}`;
}

/** Answers with something else, as an edit by hand would make it. */
async function edit(body: string): Promise<void> {
  const routes = [{ handle: [{ handler: 'static_response', body }] }];
  const answer = await at.caddy().admin('PATCH', `${server()}/routes`, JSON.stringify(routes));
  expect(answer.status).toBe(200);
}

describe('a Caddy that is not there', () => {
  test('at the start is waited for, and given all in one load when it comes', async () => {
    await at.write(site('one'));
    const run = at.watch();
    await logs(run, { msg: 'Caddy cannot be asked' });
    await at.startCaddy();
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'policies applied' });
    expect(at.loads()).toBe(1);
  });

  test('and comes back with nothing is given all again, in one load', async () => {
    await at.startCaddy();
    await at.write(site('one'));
    const run = at.watch();
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'policies applied' });
    await at.killCaddy();
    await logs(run, { msg: 'Caddy does not answer' });
    await at.startCaddy();
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'drift healed', drift: 'reset' });
    expect(at.loads()).toBe(2);
  });

  test('and is back before anybody noticed is given all again', async () => {
    await at.startCaddy();
    await at.write(site('one'));
    const run = at.watch();
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'policies applied' });
    for (let time = 1; time <= 4; time++) {
      await at.startCaddy();
      await at.serves('a.example.com', 'one');
      expect(at.loads()).toBe(1 + time);
    }
    // A Caddy that crashes is no fight.
    expect(run.stderr()).not.toContain('given up');
  });

  test('and comes back while a policy is wrong is given what it had', async () => {
    await at.startCaddy();
    await at.write(site('one'));
    const run = at.watch();
    await at.serves('a.example.com', 'one');
    await at.write('sites: [');
    await logs(run, { outcome: 'invalid' });
    await at.startCaddy();
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'drift healed', drift: 'reset' });
    expect(at.loads()).toBe(2);

    // Also by a daemon that was started anew meanwhile, which knows it from the history.
    run.kill('SIGTERM');
    await run.ended;
    await at.startCaddy();
    at.watch();
    await at.serves('a.example.com', 'one');
    expect(at.loads()).toBe(3);
  });

  test('and answers with nonsense for a while gets one load in the end', async () => {
    await at.startCaddy();
    await at.write(site('one'));
    at.proxy.on('POST /adapt', 'garbage', 3);
    at.proxy.on('GET /config/apps', 'gateway time-out', 1);
    const run = at.watch();
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'policies applied' });
    expect(at.loads()).toBe(1);
  });
});

describe('what others did to ours', () => {
  test('an edit by hand is undone', async () => {
    await at.startCaddy();
    await at.write(site('one'));
    const run = at.watch();
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'policies applied' });
    await edit('edited');
    expect(await at.body('a.example.com')).toBe('edited');
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'drift healed', drift: 'edited' });
    expect(at.loads()).toBe(2);
  });

  test('what was taken out is put back', async () => {
    await at.startCaddy();
    await at.write(site('one'));
    const run = at.watch();
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'policies applied' });
    await at.caddy().admin('DELETE', server());
    await logs(run, { msg: 'drift healed', drift: 'gone' });
    await at.serves('a.example.com', 'one');
    expect(at.loads()).toBe(2);
  });

  test('--self-heal report: is only told, and the next save undoes it', async () => {
    await at.startCaddy();
    await at.write(site('one'));
    const run = at.watch('--self-heal', 'report');
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'policies applied' });
    await edit('edited');
    const told = await logs(run, { outcome: 'reported', drift: 'edited' });
    expect(told['reason']).toContain('changed in Caddy by somebody else');
    expect(await at.body('a.example.com')).toBe('edited');
    expect(at.loads()).toBe(1);
    await at.write(site('two'));
    await at.serves('a.example.com', 'two');
  });

  test('--self-heal off: nobody looks, until somebody asks', async () => {
    await at.startCaddy();
    await at.write(site('one'));
    const run = at.watch('--self-heal', 'off', '--interval', '50ms');
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'policies applied' });
    await edit('edited');
    const asked = at.proxy.requests.length;
    // It still hears whether Caddy is there.
    await until(() => (at.proxy.requests.length > asked + 1 ? true : undefined));
    expect(new Set(at.proxy.requests.slice(asked))).toEqual(new Set(['GET /metrics']));
    run.kill('SIGHUP');
    await logs(run, { outcome: 'reported', drift: 'edited' });
    expect(at.loads()).toBe(1);
  });

  test('what others add beside ours is theirs, and nothing is pushed', async () => {
    await at.startCaddy();
    await at.write(site('one'));
    const run = at.watch();
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'policies applied' });
    const foreign = { listen: [`unix/${join(at.folder, 'foreign')}`], routes: [] };
    await at.caddy().admin('PUT', '/config/apps/http/servers/foreign', JSON.stringify(foreign));
    await logs(run, { msg: 'nothing to apply', drift: 'foreign' });
    expect(at.loads()).toBe(1);
    await at.write(site('two'));
    await at.serves('a.example.com', 'two');
    expect((await at.caddy().admin('GET', '/config/apps/http/servers/foreign')).json).toEqual(foreign);
  });

  test('who undoes it again and again wins, loudly, until a policy changes', async () => {
    await at.startCaddy();
    await at.write(site('one'));
    const run = at.watch();
    await at.serves('a.example.com', 'one');
    await logs(run, { msg: 'policies applied' });
    for (let time = 1; time <= 3; time++) {
      await edit(`edit ${time}`);
      await at.serves('a.example.com', 'one');
      await until(() => (logOf(run).filter(({ msg }) => msg === 'drift healed').length === time ? true : undefined));
    }
    await edit('edit 4');
    const told = await logs(run, { level: 'error', outcome: 'withheld', drift: 'edited' });
    expect(told['reason']).toContain('healing is given up');
    expect(await at.body('a.example.com')).toBe('edit 4');
    expect(at.loads()).toBe(4);
    const given = logOf(run).length;
    await at.write(site('two'));
    await logs(run, { msg: 'policies applied' }, given);
    const before = logOf(run).length;
    await edit('edit 5');
    await logs(run, { msg: 'drift healed' }, before);
    await at.serves('a.example.com', 'two');
  });

  test('two daemons of one owner with other policies do not fight for ever', async () => {
    await at.startCaddy();
    await at.write(site('one'));
    const one = at.watch('--log-level', 'debug');
    await at.serves('a.example.com', 'one');
    const other = await startWatching();
    try {
      await other.write(site('other', 'b'));
      const two = other.watch('--admin', at.proxy.address, '--max-delete', '100%', '--log-level', 'debug');
      const loud = { level: 'error', outcome: 'withheld' };
      // The one that gave up leaves the other's config, which then has nothing more to undo.
      const winner = await Promise.race([logs(one, loud).then(() => two), logs(two, loud).then(() => one)]);
      const loads = at.loads();
      const before = logOf(winner).length;
      winner.kill('SIGHUP');
      await logs(winner, { outcome: 'unchanged' }, before);
      expect(at.loads()).toBe(loads);
    } finally {
      await endAll([]);
      await other.stop();
    }
  });
});

test('what a guard refused and a person allowed is not undone, not even where Caddy comes back blank', async () => {
  await at.startCaddy();
  await at.write(site('one'));
  const run = at.watch('--log-level', 'debug');
  await at.serves('a.example.com', 'one');
  await at.remove();
  const { hint } = await logs(run, { outcome: 'refused' });
  const [, digest = ''] = /--allow (\w+)/.exec(String(hint)) ?? [];
  expect(await at.body('a.example.com')).toBe('one');
  const policies = join(at.folder, 'policies');
  const args = ['apply', policies, '--admin', at.proxy.address, '--allow', digest, '--yes'];
  expect(await caddyctl({ args, home: at.folder }).ended).toBe(0);
  // Where two passes find the same, the second says so in other words.
  for (const [act, outcome] of [
    [() => run.kill('SIGHUP'), 'unchanged'],
    [() => at.startCaddy(), 'applied'],
  ] as const) {
    const before = logOf(run).length;
    await act();
    await logs(run, { outcome }, before);
    expect(await at.body('a.example.com')).toBeUndefined();
  }
});

test('a state folder that cannot be used hinders nothing and is told', async () => {
  await at.startCaddy();
  await at.write(site('one'));
  await at.write('', '../no-folder');
  const run = at.watch('--state-dir', join(at.folder, 'no-folder'));
  await at.serves('a.example.com', 'one');
  await logs(run, { msg: 'diagnostic', code: 'history-degraded' });
  await at.write(site('two'));
  await at.serves('a.example.com', 'two');
});
