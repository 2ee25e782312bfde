import { readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type Applying, startApplying } from '../support/applying.ts';

let it: Applying;
let file: string;
beforeEach(async () => {
  it = await startApplying({ caddyPath: inject('caddyPath') });
  file = join(tmpdir(), `${randomUUID()}.json`);
});
afterEach(() => it.stop());

const policy = (api: string) =>
  `
sites:
  app.test:
    tls: off
    listen: 127.0.0.1:0
    routes: { /: "localhost:3000", /api: "localhost:${api}" }
`.replace('127.0.0.1:0', `127.0.0.1:${20_000 + (process.pid % 20_000)}`);

test('diff and apply tell which requests change, as long as what runs is what was applied', async () => {
  const first = await it.apply(policy('8000'));
  expect(first.stderr).toContain('new host (2 routes)');
  await it.write(policy('9000'));
  const { stdout } = await it.run('diff');
  expect(stdout).toMatch(/app\.test\/api\/\* at 127\.0\.0\.1:\d+ +upstream localhost:8000 → localhost:9000/);
  const { requests } = JSON.parse((await it.run('diff', '-o', 'json')).stdout) as { requests: { lines: unknown[] } };
  expect(requests.lines).toHaveLength(1);

  // Somebody edits what is ours: it is no longer what the policies of then said.
  const live = await it.live();
  const edited = live.replaceAll('localhost:3000', 'localhost:3001');
  expect(edited).not.toBe(live);
  expect((await it.caddy.admin('POST', '/load', edited)).status).toBe(200);
  const after = await it.run('diff');
  expect(after.stdout).toContain('Which requests change is not known: what Caddy runs was edited since it was applied');
  expect(after.stdout).not.toContain('answered otherwise');
});

test('a plan in a file is done exactly, or refused', async () => {
  await it.apply(policy('8000'));
  await it.write(policy('9000'));
  expect((await it.run('diff', '--out', file)).code).toBe(0);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const before = await it.live();
  const refused = async (why: string, ...flags: string[]): Promise<void> => {
    const { code, stderr } = await it.run('apply', '--plan', file, '--yes', ...flags);
    expect([code, stderr]).toEqual([5, expect.stringContaining(why)]);
  };

  // The file was tampered with, or is another's.
  const text = await readFile(file, 'utf8');
  const tampered: readonly (readonly [string, string])[] = [
    ['was changed since it was written', text.replace('"owner": "default"', '"owner": "defaulu"')],
    ['was changed since it was written', text.replace('9000', '9001')],
    ['is no plan of caddyctl', text.slice(0, -10)],
    ['was made by another version', text.replace('"caddyctlPlan": 1', '"caddyctlPlan": 2')],
  ];
  for (const [why, changed] of tampered) {
    expect(changed).not.toBe(text);
    await writeFile(file, changed);
    await refused(why);
  }
  await writeFile(file, text);

  // What it rests on is another.
  await it.write(policy('9001'));
  await refused('the policies have changed');
  await it.write(policy('9000'));
  await refused('another owner', '--owner', 'other', '--force-conflicts');
  expect(await it.live()).toBe(before);
  expect((await it.caddy.admin('PUT', '/config/apps/tls', '{}')).status).toBe(200);
  await refused('what Caddy runs has changed');
  expect((await it.caddy.admin('DELETE', '/config/apps/tls')).status).toBe(200);
  expect(await it.live()).toBe(before);

  expect((await it.run('apply', '--plan', file, '--yes')).code).toBe(0);
  expect(await it.live()).toContain('localhost:9000');
  // By now it is done.
  await refused('what Caddy runs has changed');
});
