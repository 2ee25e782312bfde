import { isReady } from './health.ts';
import { type Histogram, histogramBounds } from './histogram.ts';
import { type Condition, conditionTypes, type DaemonStatus, type DriftClass, passKinds } from './state.ts';

export interface StatusMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly samples: (status: DaemonStatus) => readonly Sample[];
}

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  /** Behind the metric's name, for the parts of a histogram. */
  readonly suffix?: string;
}

const driftClasses: readonly DriftClass[] = ['edited', 'gone', 'reset', 'foreign'];
const conditionStatuses = ['True', 'False', 'Unknown'] as const;
/** The values of a label must not be without end. */
const mostNamed = 100;

/** All metrics that the status comes to. `program` is the version. */
export function programMetrics(program: string): readonly StatusMetric[] {
  return [
    gauge('build_info', 'The version, as a label.', () => [{ labels: { version: program }, value: 1 }]),
    gauge('start_time_seconds', 'When the daemon began.', ({ startedAt }) => one(seconds(startedAt))),
    gauge('ready', 'Whether the policies were served, and Caddy answers.', (status) => one(Number(isReady(status)))),
    counter('passes_total', 'Passes that ended, by their outcome.', ({ counters }) =>
      passKinds.map((outcome) => ({ labels: { outcome }, value: counters.passes[outcome] })),
    ),
    histogram('pass_duration_seconds', 'How long a pass took.', ({ counters }) => counters.passSeconds),
    histogram(
      'save_to_live_seconds',
      'From when a file was saved until Caddy ran it.',
      ({ counters }) => counters.saveToLiveSeconds,
    ),
    gauge('last_pass_timestamp_seconds', 'When the last pass began.', ({ lastPass }) => when(lastPass?.at)),
    gauge('last_success_timestamp_seconds', 'When a pass last ended with the policies served.', ({ lastSuccessAt }) =>
      when(lastSuccessAt),
    ),
    counter('loads_total', 'Configs that Caddy took.', ({ counters }) => one(counters.loads)),
    counter('heals_total', 'Those of them that undid what others did.', ({ counters }) => one(counters.heals)),
    gauge('drift', 'Whether Caddy runs something else than what was applied, by what happened to it.', ({ drift }) =>
      driftClasses.map((each) => ({ labels: { class: each }, value: Number(drift?.class === each) })),
    ),
    gauge('revision_info', 'The revisions, as labels.', ({ revisions }) => [
      ...named('desired', revisions.desired),
      ...named('running', revisions.running),
      ...named('applied', revisions.lastApplied?.revision),
    ]),
    gauge('caddy_reachable', "Whether Caddy's admin API answers.", ({ caddy }) =>
      caddy.reachable === undefined ? [] : one(Number(caddy.reachable)),
    ),
    gauge('files', 'Policy files, by what is known of them.', ({ files }) => counted(files)),
    gauge('sites', 'Sites, by what is known of them.', ({ sites }) => counted(sites)),
    gauge('files_held', 'Files of which an older text is served.', ({ files }) =>
      one(files.filter(({ held }) => held).length),
    ),
    gauge('file_refused', `Files that have a mistake, at most ${mostNamed} by name.`, ({ files }) =>
      files
        .filter(({ conditions }) => has(conditions, 'Accepted', 'False'))
        .slice(0, mostNamed)
        .map(({ path, held }) => ({ labels: { file: path, held: String(held) }, value: 1 })),
    ),
    gauge('problem', 'What an operator should look into.', ({ problems }) =>
      problems.map(({ code }) => ({ labels: { code }, value: 1 })),
    ),
  ];
}

function gauge(name: string, help: string, samples: StatusMetric['samples']): StatusMetric {
  return { name: `caddyctl_${name}`, help, type: 'gauge', samples };
}

function counter(name: string, help: string, samples: StatusMetric['samples']): StatusMetric {
  return { name: `caddyctl_${name}`, help, type: 'counter', samples };
}

function histogram(name: string, help: string, of: (status: DaemonStatus) => Histogram): StatusMetric {
  const samples: StatusMetric['samples'] = (status) => {
    const { buckets, sum, count } = of(status);
    const bucket = (le: string, value: number): Sample => ({ labels: { le }, value, suffix: '_bucket' });
    return [
      ...histogramBounds.map((bound, at) => bucket(String(bound), buckets[at] ?? 0)),
      bucket('+Inf', count),
      { value: sum, suffix: '_sum' },
      { value: count, suffix: '_count' },
    ];
  };
  return { name: `caddyctl_${name}`, help, type: 'histogram', samples };
}

function one(value: number): readonly Sample[] {
  return [{ value }];
}

/** Absent as long as it has not happened: at 0 it would have been in 1970. */
function when(time: string | undefined): readonly Sample[] {
  return time === undefined ? [] : one(seconds(time));
}

function seconds(time: string): number {
  return Date.parse(time) / 1_000;
}

function named(kind: string, revision: string | undefined): readonly Sample[] {
  return revision === undefined ? [] : [{ labels: { kind, revision }, value: 1 }];
}

/** How many have each status of each condition. */
function counted(each: readonly { readonly conditions: readonly Condition[] }[]): readonly Sample[] {
  return conditionTypes.flatMap((type) =>
    conditionStatuses.map((status) => ({
      labels: { condition: type, status },
      value: each.filter(({ conditions }) => has(conditions, type, status)).length,
    })),
  );
}

function has(conditions: readonly Condition[], type: Condition['type'], status: Condition['status']): boolean {
  return conditions.some((each) => each.type === type && each.status === status);
}
