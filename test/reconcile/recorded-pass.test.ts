import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { type History, openHistory } from '../../src/history/history.ts';
import { inputsOf } from '../../src/history/inputs.ts';
import type { Pin } from '../../src/history/pin.ts';
import { type RecordedPass, recordedPass, type RecordedPassInput } from '../../src/reconcile/recorded-pass.ts';
import { newFolder } from '../history/new-folder.ts';
import { type MemoryAdmin, memoryAdmin, refusal } from './memory-admin.ts';

const by = { user: 'ann', command: 'apply', version: '1.0.0' };
const pin: Pin = { time: '2026-01-02T03:04:05.678Z', revision: 'abc', by, caddy: 'memory' };
const rejected = refusal({ kind: 'rejected', reason: 'no', panicked: false });

let history: History;
let admin: MemoryAdmin;

beforeEach(() => {
  history = openHistory(newFolder());
  admin = memoryAdmin();
});

function run(port: number, more: Partial<RecordedPassInput> = {}): Promise<RecordedPass> {
  const sources = [{ path: 'p.yaml', text: `sites:\n  a.example.com: { to: 'localhost:${port}', http: off }\n` }];
  return recordedPass({
    admin,
    owner: 'default',
    options: { allowEmpty: false, maxDelete: 0.3, forceConflicts: false },
    compile: async () => ({
      ...compile(sources, { owner: 'default', httpPort: 80, httpsPort: 443, internalCa: false, env: {} }),
      inputs: inputsOf(sources),
    }),
    confirm: async () => true,
    history,
    by,
    pin: 'stays',
    ...more,
  });
}

describe('what a forced pass takes from others', () => {
  const theirs = { http: { servers: { srv0: { listen: [':443'] } } } };
  const options = { allowEmpty: false, maxDelete: 0.3, forceConflicts: true };

  beforeEach(() => {
    admin = memoryAdmin({ apps: theirs });
  });

  test('is kept in a file of this user alone', async () => {
    const { outcome, kept = '' } = await run(9000, { options });
    expect(outcome.kind).toBe('applied');
    expect(JSON.parse(readFileSync(kept, 'utf8'))).toEqual({ apps: theirs, logging: null });
    expect(statSync(kept).mode & 0o777).toBe(0o600);
  });

  test('stays where it cannot be kept', async () => {
    writeFileSync(dirname(history.folder), 'no folder');
    const { outcome, warnings } = await run(9000, { options });
    expect(outcome).toMatchObject({ kind: 'refused', plan: { refusals: [{ guard: 'copy' }] } });
    expect(warnings).toMatchObject([{ code: 'history-degraded' }]);
    expect(admin.state.apps).toEqual(theirs);
  });
});

const outcomes = async (): Promise<string[]> => (await history.read()).entries.map(({ outcome }) => outcome);

describe('a pass is remembered', () => {
  test('when Caddy took it, with the config that it took', async () => {
    await run(9000);
    const { entries } = await history.read();
    expect(entries).toEqual([
      {
        name: expect.any(String) as string,
        time: expect.any(String) as string,
        revision: expect.stringMatching(/^[0-9a-f]{12}$/) as string,
        outcome: 'applied',
        changes: { add: 2, change: 0, remove: 0 },
        inputs: [{ path: 'p.yaml', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string }],
        by,
        caddy: 'memory',
      },
    ]);
    const [entry] = entries;
    expect(entry && (await history.config(entry)).apps).toEqual(admin.state.apps);
    expect(JSON.stringify(admin.state.apps)).toContain(`.${entry?.revision}"`);
  });

  test('when Caddy rejected it, with why', async () => {
    admin.onWrite = () => {
      throw rejected;
    };
    await run(9000);
    expect((await history.read()).entries).toMatchObject([
      { outcome: 'rejected', reason: 'Caddy does not take this: no' },
    ]);
  });

  test('not when nothing changed, unless the history had been lost', async () => {
    await run(9000);
    await run(9000);
    expect(await outcomes()).toEqual(['applied']);
    history = openHistory(newFolder());
    await run(9000);
    await run(9000);
    expect(await outcomes()).toEqual(['found']);
    expect(await history.config((await history.read()).entries[0] as never)).toMatchObject({ apps: admin.state.apps });
  });

  test('not when nobody agreed, and not when nobody knows what came of it', async () => {
    await run(9000, { confirm: async () => false });
    admin.onWrite = () => {
      throw refusal({ kind: 'unknown-outcome', reason: 'no answer' });
    };
    await run(9000);
    expect(await outcomes()).toEqual([]);
  });
});

describe('a pin', () => {
  const pinAtWrite = (): (string | undefined)[] => {
    const seen: (string | undefined)[] = [];
    admin.onWrite = () => {
      const there = readdirSync(history.folder).includes('pin');
      seen.push(there ? 'pinned' : undefined);
    };
    return seen;
  };

  test('ends before the push, so that a daemon does not undo it', async () => {
    await history.writePin(pin);
    const seen = pinAtWrite();
    expect(await run(9000, { pin: 'ends' })).toMatchObject({ ended: pin, pinned: undefined });
    expect(seen).toEqual([undefined]);
    expect(await history.readPin()).toBeUndefined();
  });

  test('is set before the push, for the same reason', async () => {
    await history.writePin({ ...pin, revision: 'old' });
    await history.writePin(undefined);
    const seen = pinAtWrite();
    expect(await run(9000, { pin })).toMatchObject({ ended: undefined, pinned: pin });
    expect(seen).toEqual(['pinned']);
  });

  test('stays when told so', async () => {
    await history.writePin(pin);
    expect(await run(9000)).toMatchObject({ ended: undefined, pinned: undefined });
    expect(await history.readPin()).toEqual(pin);
  });

  test('changes too when Caddy ran it already', async () => {
    await run(9000);
    expect(await run(9000, { pin })).toMatchObject({ outcome: { kind: 'unchanged' }, pinned: pin });
    expect(await run(9000, { pin: 'ends' })).toMatchObject({ outcome: { kind: 'unchanged' }, ended: pin });
    expect(await history.readPin()).toBeUndefined();
  });

  test.each([['ends' as const], [{ ...pin, revision: 'new' }]])(
    'is as it was when Caddy did not take it',
    async (to) => {
      await history.writePin(pin);
      admin.onWrite = () => {
        throw rejected;
      };
      expect(await run(9000, { pin: to })).toMatchObject({ ended: undefined, pinned: undefined });
      expect(await history.readPin()).toEqual(pin);
    },
  );

  test('is left alone when nobody agreed', async () => {
    await history.writePin(pin);
    await run(9000, { pin: 'ends', confirm: async () => false });
    expect(await history.readPin()).toEqual(pin);
  });
});

describe('a history that cannot do its work', () => {
  const reasons = ({ warnings }: RecordedPass): (string | undefined)[] => warnings.map(({ message }) => message);

  test('is told once, and hinders nothing', async () => {
    history = openHistory('/dev/null/history');
    for (const to of ['ends', pin] as const) {
      const passed = await run(to === pin ? 9001 : 9000, { pin: to });
      expect(passed).toMatchObject({ outcome: { kind: 'applied' }, ended: undefined, pinned: undefined });
      expect(passed.warnings.every(({ code, severity }) => code === 'history-degraded' && severity === 'warning')).toBe(
        true,
      );
      expect(reasons(passed)).toEqual([
        'the history is degraded: /dev/null/history cannot be used as a folder: not a directory',
      ]);
    }
    expect(JSON.stringify(admin.state.apps)).toContain('localhost:9001');
  });

  test('tells what is damaged, also when nothing changes', async () => {
    await run(9000);
    await run(9001);
    const [first = ''] = readdirSync(history.folder).toSorted();
    writeFileSync(join(history.folder, first), 'torn');
    writeFileSync(join(history.folder, 'pin'), 'torn');
    const damaged = [`${join(history.folder, 'pin')} is damaged`, `${join(history.folder, first)} is damaged`];
    const expected = damaged.map((each) => `the history is degraded: ${each}`);
    expect(reasons(await run(9001, { pin: 'ends' }))).toEqual(expected);
    expect(reasons(await run(9002))).toEqual(expected.slice(1));
  });
});
