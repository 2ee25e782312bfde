import { emptyHistogram, observe } from '../../../src/daemon/status/histogram.ts';
import { type Condition, type DaemonStatus, initialStatus } from '../../../src/daemon/status/state.ts';

const at = '2026-11-21T04:00:00.000Z';

export function conditions(accepted: Condition['status'], programmed: Condition['status'], message = ''): Condition[] {
  return [
    { type: 'Accepted', status: accepted, reason: 'some-reason', message, since: at },
    { type: 'Programmed', status: programmed, reason: 'some-reason', message, since: at },
    { type: 'Verified', status: 'Unknown', reason: 'not-checked', message: 'no checks were run', since: at },
  ];
}

/** A daemon that serves two sites from two files. */
export function someStatus(changes: Partial<DaemonStatus> = {}): DaemonStatus {
  const initial = initialStatus('default', 'localhost:2019', new Date(at));
  return {
    ...initial,
    readyAt: at,
    lastSuccessAt: at,
    caddy: { address: 'localhost:2019', reachable: true, since: at, level: '2.11.3' },
    revisions: { desired: 'aaaa', running: 'aaaa', lastApplied: { revision: 'aaaa', at } },
    lastPass: { kind: 'applied', at, milliseconds: 12, message: 'applied', diagnostics: [] },
    files: ['a.yaml', 'b.yaml'].map((path) => ({ path, held: false, conditions: conditions('True', 'True') })),
    sites: ['a', 'b'].map((name) => ({
      hosts: [`${name}.example.com`],
      file: `${name}.yaml`,
      line: 2,
      conditions: conditions('True', 'True'),
    })),
    counters: {
      ...initial.counters,
      passes: { ...initial.counters.passes, applied: 3 },
      loads: 3,
      heals: 1,
      passSeconds: [0.004, 0.3, 99].reduce(observe, emptyHistogram),
    },
    ...changes,
  };
}

/** The same after a file got a mistake, with this text from it in the messages. */
export function brokenStatus(text: string): DaemonStatus {
  const place = { file: 'b.yaml', line: 7, column: 3, endLine: 7, endColumn: 9 };
  const message = `b.yaml:7:3: ${text}`;
  const [good] = someStatus().files;
  if (good === undefined) throw new Error('there are files');
  return someStatus({
    files: [good, { path: 'b.yaml', held: true, conditions: conditions('False', 'False', message) }],
    problems: [{ code: 'watch-limit', message: text, hint: text, since: at }],
    lastPass: {
      kind: 'applied',
      at,
      milliseconds: 12,
      message: 'applied',
      diagnostics: [{ code: 'unknown-key', severity: 'error', message: text, hint: text, place }],
    },
  });
}
