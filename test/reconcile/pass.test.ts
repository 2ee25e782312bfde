import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/caddy/json.ts';
import { compile } from '../../src/compile.ts';
import type { Plan, PlanOptions } from '../../src/plan/plan.ts';
import type { Outcome } from '../../src/reconcile/outcome.ts';
import { pass, type Step } from '../../src/reconcile/pass.ts';
import { type MemoryAdmin, memoryAdmin, refusal } from './memory-admin.ts';

const policy = (port = 9000, extra = ''): string =>
  `sites:\n  a.example.com: { to: 'localhost:${port}', http: off${extra} }\n`;
const LOGGED = ', log: { redact_query: [token] }';

interface Run {
  readonly text?: string;
  readonly options?: Partial<PlanOptions>;
  readonly confirm?: (plan: Plan) => boolean;
  readonly onStep?: (step: Step) => void;
}

function run(
  admin: MemoryAdmin,
  { text = policy(), options, confirm = () => true, onStep }: Run = {},
): Promise<Outcome> {
  return pass({
    admin,
    owner: 'default',
    options: { allowEmpty: false, maxDelete: 0.3, forceConflicts: false, ...options },
    compile: async (running) =>
      compile([{ path: 'p.yaml', text }], {
        owner: 'default',
        httpPort: 80,
        httpsPort: 443,
        internalCa: false,
        env: {},
        ...(running && { running }),
      }),
    confirm: async (plan) => confirm(plan),
    ...(onStep && { onStep }),
  });
}

const foreign = (n: number): JsonObject => ({ other: { n } });
const withForeign = (apps: JsonValue, n: number): JsonValue => ({ ...(apps as JsonObject), ...foreign(n) });
const kindOf = async (outcome: Promise<Outcome>): Promise<string> => (await outcome).kind;

describe('a pass', () => {
  test('applies to a Caddy without any config, and finds nothing to do the second time', async () => {
    const admin = memoryAdmin();
    expect(await kindOf(run(admin, { text: policy(9000, LOGGED) }))).toBe('applied');
    expect(admin.writes).toEqual(['logging', 'apps']);
    expect(await kindOf(run(admin, { text: policy(9000, LOGGED) }))).toBe('unchanged');
    expect(admin.writes).toHaveLength(2);
  });

  test('writes only what differs; a log that goes, goes last', async () => {
    const admin = memoryAdmin();
    await run(admin, { text: policy(9000, LOGGED) });
    await run(admin, { text: policy(9001, LOGGED) });
    expect(admin.writes.splice(0)).toEqual(['logging', 'apps', 'apps']);
    await run(admin, { text: policy(9001) });
    expect(admin.writes).toEqual(['apps', 'logging']);
    expect(admin.state.logging).toEqual({ logs: {} });
  });

  test('asks once, and does nothing without a yes', async () => {
    const admin = memoryAdmin();
    const asked: Plan[] = [];
    const outcome = await run(admin, { confirm: (plan) => asked.push(plan) < 0 });
    expect(outcome).toMatchObject({ kind: 'declined', plan: asked[0] });
    expect(asked).toHaveLength(1);
    expect(admin.writes).toEqual([]);
  });

  test('tells a mistake in a policy even where Caddy cannot be asked', async () => {
    const admin = memoryAdmin();
    admin.probe = async () => Promise.reject(refusal({ kind: 'unreachable', reason: 'nothing listens there' }));
    expect(await kindOf(run(admin, { text: 'sites: 1\n' }))).toBe('invalid');
    expect(await kindOf(run(admin))).toBe('unreachable');
  });

  test('is refused by a guard before anybody is asked', async () => {
    const outcome = await run(memoryAdmin(), { text: 'sites: {}\n', confirm: () => expect.unreachable() });
    expect(outcome).toMatchObject({ kind: 'refused', plan: { refusals: [{ guard: 'empty' }] } });
  });

  test('ends at a conflict, and takes over when told to', async () => {
    const admin = memoryAdmin({ apps: { http: { servers: { srv0: { listen: [':443'] } } } } });
    expect(await run(admin)).toMatchObject({ kind: 'conflict', plan: { conflicts: [{ kind: 'listen' }] } });
    expect(admin.writes).toEqual([]);
    expect(await kindOf(run(admin, { options: { forceConflicts: true } }))).toBe('applied');
    expect(JSON.stringify(admin.state.apps)).not.toContain('srv0');
  });

  test('a conflict that a noop would hide is still one', async () => {
    const admin = memoryAdmin();
    await run(admin);
    const apps = admin.state.apps as { http: JsonObject };
    admin.state.apps = {
      ...apps,
      http: { ...apps.http, https_port: 8443, servers: { ...(apps.http['servers'] as JsonObject), x: {} } },
    };
    expect(await run(admin)).toMatchObject({ kind: 'conflict', plan: { conflicts: [{ kind: 'setting' }] } });
  });
});

describe('when somebody else writes meanwhile', () => {
  test('goes on where that was not ours, and keeps it', async () => {
    const admin = memoryAdmin({ apps: foreign(0) });
    let n = 0;
    admin.onWrite = () => {
      if (n < 3) admin.state.apps = withForeign(admin.state.apps, ++n);
    };
    const steps: Step[] = [];
    let asked = 0;
    const outcome = await run(admin, { confirm: () => ++asked === 1, onStep: (step) => steps.push(step) });
    expect(outcome.kind).toBe('applied');
    expect(steps.filter((step) => step === 'again')).toHaveLength(3);
    expect(admin.state.apps).toMatchObject(foreign(3));
    expect(await kindOf(run(admin))).toBe('unchanged');
  });

  test('gives up after a few times', async () => {
    const admin = memoryAdmin({ apps: foreign(0) });
    let n = 0;
    admin.onWrite = () => {
      admin.state.apps = foreign(++n);
    };
    expect(await run(admin)).toMatchObject({ kind: 'overtaken', reason: 'others wrote before us 5 times in a row' });
    expect(admin.state.apps).toEqual(foreign(5));
  });

  test('does not do what nobody has seen: ours was changed', async () => {
    const admin = memoryAdmin();
    await run(admin, { text: policy(9001) });
    const other = memoryAdmin();
    await run(other, { text: policy(9002) });
    const before = admin.writes.length;
    admin.onWrite = () => {
      admin.state.apps = structuredClone(other.state.apps);
    };
    expect(await run(admin, { text: policy(9000) })).toMatchObject({ kind: 'overtaken' });
    expect(admin.writes).toHaveLength(before);
    expect(admin.state.apps).toEqual(other.state.apps);
  });

  test('our own first write is no change by others', async () => {
    const admin = memoryAdmin({ apps: foreign(0) });
    admin.onWrite = (scope) => {
      if (scope === 'apps' && admin.writes.length === 1) admin.state.apps = foreign(1);
    };
    expect(await kindOf(run(admin, { text: policy(9000, LOGGED) }))).toBe('applied');
    expect(admin.writes).toEqual(['logging', 'apps']);
    expect(admin.state.apps).toMatchObject(foreign(1));
  });

  test('what does not stay is not called applied', async () => {
    const admin = memoryAdmin();
    admin.onRead = () => {
      if (admin.writes.length === 1) admin.state.apps = foreign(1);
    };
    expect(await run(admin)).toMatchObject({
      kind: 'overtaken',
      reason: expect.stringContaining('right after') as string,
    });
  });
});

describe('when Caddy does not take it', () => {
  const rejected = refusal({ kind: 'rejected', reason: 'no', panicked: false });

  test('what went through before is taken back', async () => {
    const logging = { logs: { mine: { level: 'INFO' } } };
    const admin = memoryAdmin({ apps: foreign(0), logging });
    admin.onWrite = (scope) => {
      if (scope === 'apps') throw rejected;
    };
    const outcome = await run(admin, { text: policy(9000, LOGGED) });
    expect(outcome).toMatchObject({
      kind: 'rejected',
      restoreProblem: undefined,
      diagnostic: { code: 'caddy-rejects' },
    });
    expect(admin.state).toEqual({ apps: foreign(0), logging });
    expect(admin.writes).toEqual(['logging', 'logging']);
  });

  test('what others wrote since is not', async () => {
    const admin = memoryAdmin({ apps: foreign(0) });
    admin.onWrite = (scope) => {
      if (scope !== 'apps') return;
      admin.state.logging = { logs: { theirs: {} } };
      throw rejected;
    };
    await run(admin, { text: policy(9000, LOGGED) });
    expect(admin.state.logging).toEqual({ logs: { theirs: {} } });
  });

  test('says so when what was before cannot be put back', async () => {
    const admin = memoryAdmin({ apps: foreign(0) });
    admin.onWrite = (scope) => {
      if (scope === 'apps') throw rejected;
      if (admin.writes.length === 1) throw refusal({ kind: 'unreachable', reason: 'it is gone' });
    };
    expect(await run(admin, { text: policy(9000, LOGGED) })).toMatchObject({
      kind: 'rejected',
      restoreProblem: expect.stringContaining('it is gone') as string,
    });
  });

  test('an outcome that nobody knows is not called a rejection', async () => {
    const admin = memoryAdmin();
    admin.onWrite = () => {
      throw refusal({ kind: 'unknown-outcome', reason: 'no answer' });
    };
    expect(await run(admin)).toMatchObject({ kind: 'unreachable', error: { kind: 'unknown-outcome' } });
  });
});
