import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { openHistory } from '../../src/history/history.ts';
import type { Finished } from '../cli/run-cli.ts';
import { type Applying, startApplying } from '../support/applying.ts';
import { http1 } from '../support/client/http1.ts';
import { freePort } from '../support/client/ports.ts';

const caddyPath = inject('caddyPath');
let at: Applying;
let port: number;
let state: string;

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'caddyctl-state-'));
  at = await startApplying({ caddyPath });
  port = await freePort();
});
afterEach(async () => {
  await at.stop();
  await rm(state, { recursive: true, force: true });
});

interface Shown {
  readonly running: string | null;
  readonly unknown?: string;
  readonly pin: { readonly revision: string } | null;
  readonly entries: readonly {
    readonly revision: string;
    readonly outcome: string;
    readonly running: boolean;
    readonly pinned: boolean;
    readonly by: { readonly command: string };
  }[];
  readonly diagnostics: readonly { readonly message: string }[];
}

const run = (verb: string, ...args: readonly string[]): Promise<Finished> =>
  at.run(verb, '--state-dir', state, ...args);
const sites = (...names: readonly string[]): string =>
  `sites:\n${names.map((name) => `  ${name}.example.com: { listen: '127.0.0.1:${port}', tls: off, respond: '${name} one' }\n`).join('')}`;
const two = (text: string): string => text.replaceAll(' one', ' two');

async function apply(text: string, ...flags: readonly string[]): Promise<Finished> {
  await at.write(text);
  return await run('apply', ...flags);
}

async function shown(): Promise<Shown> {
  const { code, stdout } = await run('history', '-o', 'json');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Shown;
}

const body = async (name = 'a'): Promise<string> => (await http1({ host: `${name}.example.com`, port })).body;
const names = async (): Promise<string[]> => (await readdir(join(state, 'default/history'))).toSorted();

describe('history and rollback', () => {
  test('go back to what ran before, stay there, and end with the next apply', async () => {
    expect(await run('history')).toMatchObject({ code: 0, stdout: 'No revision yet\n' });
    await apply(sites('a'));
    await apply(two(sites('a')));
    const [b, a] = (await shown()).entries;
    const table = await run('history');
    expect(table).toMatchObject({ code: 0, stderr: '' });
    expect(table.stdout.split('\n')).toEqual([
      expect.stringMatching(/^REVISION +WHEN +OUTCOME +BY +CHANGES$/),
      expect.stringMatching(
        new RegExp(
          `^${b?.revision}  \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ  applied  apply \\(.+\\)  \\+0 ~1 -0  running, verified$`,
        ),
      ),
      expect.stringMatching(new RegExp(`^${a?.revision}  .*  \\+2 ~0 -0  verified$`)),
      '',
    ]);

    const back = await run('rollback');
    expect(back).toMatchObject({
      code: 0,
      stdout: `Rolled back to ${a?.revision}: 0 added, 1 changed, 0 removed\n`,
    });
    expect(back.stderr).toContain('respond 200 "a two" → 200 "a one"');
    expect(back.stderr).toContain(`Revision ${a?.revision} is pinned: it stays until the policies change\n`);
    expect(await body()).toBe('a one');
    expect(await shown()).toMatchObject({
      running: a?.revision,
      pin: { revision: a?.revision },
      entries: [
        { revision: a?.revision, running: true, pinned: true, by: { command: 'rollback' } },
        { revision: b?.revision, running: false, pinned: false },
        { revision: a?.revision, running: false, pinned: false },
      ],
    });

    const again = await run('apply');
    expect(again).toMatchObject({ code: 0, stdout: 'Applied: 0 added, 1 changed, 0 removed\n' });
    expect(again.stderr).toContain(`Revision ${a?.revision} is no longer pinned\n`);
    expect(await body()).toBe('a two');
    expect(await shown()).toMatchObject({ running: b?.revision, pin: null });
  });

  test('a revision is named by the beginning of its hash, and never guessed', async () => {
    await apply(sites('a'));
    await apply(two(sites('a')));
    const [b, a] = (await shown()).entries;
    const before = await at.live();
    expect(await run('rollback', '')).toMatchObject({
      code: 64,
      stderr: `error: revision "" may be ${b?.revision} or ${a?.revision}\nhint: type more digits\n`,
    });
    expect(await run('rollback', 'xyz')).toMatchObject({
      code: 64,
      stderr: 'error: the history has no revision xyz\nhint: `caddyctl history` lists them\n',
    });
    expect(await at.live()).toBe(before);
    const named = await run('rollback', a?.revision.slice(0, 10) ?? '', '-o', 'json');
    expect(JSON.parse(named.stdout)).toMatchObject({ outcome: 'applied', pinned: a?.revision });
    expect(await body()).toBe('a one');
    const same = await run('rollback', a?.revision ?? '');
    expect(same).toMatchObject({ code: 0, stdout: `No changes: Caddy has revision ${a?.revision}\n` });
    expect((await shown()).entries).toHaveLength(3);
  });

  test('--dry-run changes neither Caddy nor the pin, and guards hold', async () => {
    await apply(sites('a'));
    await apply(sites('a', 'b', 'c'));
    const before = [await at.live(), await names()];
    const dry = await run('rollback', '--dry-run', '--max-delete', '100%');
    expect(dry).toMatchObject({ code: 0, stdout: '' });
    expect(dry.stderr).toContain('- site c.example.com');
    const refused = await run('rollback');
    expect(refused).toMatchObject({ code: 9, stdout: '' });
    expect(refused.stderr).toContain('refused: 2 of 3 live routes would go');
    expect([await at.live(), await names()]).toEqual(before);
    expect(await run('rollback', '--max-delete', '70%')).toMatchObject({ code: 0 });
    expect(await body()).toBe('a one');
  });

  test('what Caddy rejected is remembered, and nothing to go back to', async () => {
    await apply(sites('a'));
    await apply(two(sites('a')));
    const bad = `  b.example.com: { listen: '127.0.0.1:${port}', tls: off, raw: [{ handler: no_such_module }] }\n`;
    expect(await apply(`${two(sites('a'))}${bad}`)).toMatchObject({ code: 6 });
    const [rejected, b, a] = (await shown()).entries;
    expect(rejected).toMatchObject({ outcome: 'rejected', running: false });
    expect(b).toMatchObject({ outcome: 'applied', running: true });
    expect((await run('history')).stdout).toContain('unknown module: http.handlers.no_such_module');
    expect(await run('rollback', rejected?.revision ?? '')).toMatchObject({ code: 64 });
    expect((await run('rollback')).stdout).toContain(`Rolled back to ${a?.revision}`);
  });

  test('a revision that Caddy takes no more: exit 6, and what served serves on, unpinned', async () => {
    const other = await freePort();
    await apply(`${sites('a')}  b.example.com: { listen: '127.0.0.1:${other}', tls: off, respond: b }\n`);
    await apply(two(sites('a')), '--max-delete', '50%');
    const squatter = createServer().listen(other, '127.0.0.1');
    const result = await run('rollback');
    squatter.close();
    expect(result).toMatchObject({ code: 6, stdout: '' });
    expect(result.stderr).toContain('address already in use');
    expect(await body()).toBe('a two');
    expect(await shown()).toMatchObject({ pin: null, entries: [{ outcome: 'rejected' }, {}, {}] });
  });

  test('a revision that needs what this Caddy lacks is refused: exit 3', async () => {
    await apply(sites('a'));
    const history = openHistory(join(state, 'default/history'));
    const [known] = (await history.read()).entries;
    if (known === undefined) throw new Error('nothing was recorded');
    const limited = { match: [{ path: ['/x'] }], handle: [{ handler: 'rate_limit' }] };
    await history.record(
      { ...known, revision: 'feedfacecafe' },
      { apps: { http: { servers: { x: { routes: [limited] } } } } },
    );
    const before = await at.live();
    const result = await run('rollback', 'feed');
    expect(result).toMatchObject({ code: 3, stdout: '' });
    expect(result.stderr).toContain('error[missing-module] this Caddy has no rate_limit module');
    expect(await at.live()).toBe(before);
  });

  test('a Caddy that lost its config gets the last good one back', async () => {
    await apply(sites('a'));
    await at.caddy.admin('POST', '/load', '{}');
    expect((await run('history')).stderr).toContain('runs no revision of default');
    expect(await run('rollback')).toMatchObject({ code: 0 });
    expect(await body()).toBe('a one');
  });

  test('a Caddy that cannot be asked: history says so, rollback cannot', async () => {
    await apply(sites('a'));
    await at.caddy.stop();
    const listed = await run('history');
    expect(listed.code).toBe(0);
    expect(listed.stdout).not.toContain('running');
    expect(listed.stderr).toMatch(/^What runs now is unknown: cannot reach Caddy's admin API at /);
    expect(await shown()).toMatchObject({ running: null, unknown: expect.stringContaining('cannot reach') as string });
    expect(await run('rollback')).toMatchObject({ code: 4 });
  });
});

describe('the state folder is only a cache', () => {
  test('where it cannot be, the site is served and a warning says why', async () => {
    await at.write(sites('a'));
    const result = await at.run('apply', '--state-dir', '/dev/null');
    expect(result).toMatchObject({ code: 0, stdout: 'Applied: 2 added, 0 changed, 0 removed\n' });
    expect(result.stderr).toContain(
      'warning[history-degraded] the history is degraded: /dev/null/default/history cannot be used as a folder: not a directory',
    );
    expect(await body()).toBe('a one');
    const listed = await at.run('history', '--state-dir', '/dev/null');
    expect(listed).toMatchObject({ code: 1, stdout: '' });
    expect(listed.stderr).toMatch(/^error: .*not a directory\n$/);
  });

  test('gone between two applies: what runs is learnt again', async () => {
    await apply(sites('a'));
    await rm(state, { recursive: true });
    expect(await apply(sites('a'))).toMatchObject({
      code: 0,
      stdout: 'No changes: Caddy has what the policies say\n',
      stderr: '',
    });
    expect(await shown()).toMatchObject({ entries: [{ outcome: 'found', running: true }] });
    await apply(two(sites('a')));
    expect(await run('rollback')).toMatchObject({ code: 0 });
    expect(await body()).toBe('a one');
  });

  test('damaged: told and skipped, and the one before is gone back to', async () => {
    for (const text of [sites('a'), two(sites('a')), sites('a', 'b')]) await apply(text, '--max-delete', '100%');
    const middle = join(state, 'default/history', (await names())[1] ?? '');
    await writeFile(middle, 'torn');
    const told = `warning[history-degraded] the history is degraded: ${middle} is damaged`;
    expect((await run('history')).stderr).toContain(told);
    expect((await apply(sites('a', 'b', 'c'), '--max-delete', '100%')).stderr).toContain(told);
    await run('rollback', '--max-delete', '100%');
    const back = await run('rollback', (await shown()).entries.at(-1)?.revision ?? '', '--max-delete', '100%');
    expect(back).toMatchObject({ code: 0 });
    expect(back.stderr).toContain(told);
    expect(await body()).toBe('a one');
  });
});
