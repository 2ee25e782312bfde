import { diagnosticsAsJson, type DiagnosticJson } from '../../diagnostics/as-json.ts';
import { lineAt, linesByFile } from '../../diagnostics/lines.ts';
import { inputsOf } from '../../history/inputs.ts';
import { placeOf } from '../../ir/origin.ts';
import { PerSite } from '../../ir/per-site.ts';
import type { Finding as CheckFinding } from '../../reconcile/verify/guarantee.ts';
import {
  type Condition,
  type ConditionType,
  conditionTypes,
  type FileStatus,
  type SiteStatus,
} from '../status/state.ts';
import { byFile } from './hold-file.ts';
import { isError } from './read-policies.ts';
import { isServed } from './result.ts';
import type { Turn } from './turn.ts';

type Finding = Omit<Condition, 'type' | 'since'>;
type Findings = Readonly<Record<ConditionType, Finding>>;

interface Known {
  readonly files: readonly FileStatus[];
  readonly sites: readonly SiteStatus[];
}

/** What is to be said of each file and site after a turn. What did not change keeps its time. */
export function conditionsAfter(known: Known, turn: Turn, now: string): Known {
  const findings = findingsOf(turn);
  const files = new Map(known.files.map((file) => [file.path, file]));
  const held = turn.policies?.held ?? new Map();
  const sites = new Map(known.sites.map((site) => [site.hosts.join(' '), site]));
  const verified = verifiedBy(turn, ({ site }) => site);
  return {
    files: [...findings].map(([path, found]) => ({
      path,
      held: held.has(path),
      conditions: conditionsOf(found, files.get(path)?.conditions, now),
    })),
    sites: sitesAfter(known, turn).map(({ hosts, file, line }) => ({
      hosts,
      file,
      line,
      conditions: conditionsOf(
        { ...(findings.get(file) ?? gone), Verified: verified(hosts) },
        sites.get(hosts.join(' '))?.conditions,
        now,
      ),
    })),
  };
}

function findingsOf(turn: Turn): Map<string, Findings> {
  const { read, policies, result, settled } = turn;
  const mistakes = byFile([...(policies?.diagnostics ?? read.diagnostics), ...result.diagnostics].filter(isError));
  for (const [path, why] of policies?.held ?? []) mistakes.set(path, [...why]);
  const paths = new Set([...read.sources.map(({ path }) => path), ...mistakes.keys()]);
  const now = new Map(inputsOf(read.sources).map(({ path, sha256 }) => [path, sha256]));
  const verified = verifiedBy(turn, ({ line }) => line.file);
  const applied = new Map(settled?.from === 'here' ? settled.inputs.map((input) => [input.path, input.sha256]) : []);
  return new Map(
    [...paths].toSorted().map((path) => {
      const found = mistakes.get(path);
      const [first] = found === undefined ? [] : diagnosticsAsJson(found);
      const isApplied = applied.has(path) && applied.get(path) === now.get(path);
      const Programmed = programmed(turn, isApplied, first);
      return [path, { Accepted: accepted(turn, first), Programmed, Verified: verified([path]) }];
    }),
  );
}

function accepted({ policies, result }: Turn, first: DiagnosticJson | undefined): Finding {
  if (first !== undefined) return { status: 'False', reason: first.code, message: sentence(first) };
  if (policies === undefined) return { status: 'Unknown', reason: 'not-compiled', message: result.message };
  return { status: 'True', reason: 'accepted', message: 'it has no mistake' };
}

function programmed(turn: Turn, isApplied: boolean, first: DiagnosticJson | undefined): Finding {
  const { result, fallback, drift } = turn;
  const last = fallback ?? result;
  if (turn.pinned !== undefined && first === undefined) {
    return { status: 'False', reason: 'pinned', message: `revision ${turn.pinned} is pinned until a policy changes` };
  }
  if (!isApplied) {
    const reason = first?.code ?? result.kind;
    return { status: 'False', reason, message: first === undefined ? result.message : sentence(first) };
  }
  if (drift !== undefined && drift !== 'foreign') return { status: 'False', reason: drift, message: last.message };
  if (last.kind === 'unreachable') return { status: 'Unknown', reason: last.kind, message: last.message };
  const message = isServed(result) ? 'Caddy runs it' : 'Caddy runs it as it was applied before, which is the same';
  return { status: 'True', reason: 'applied', message };
}

/** What checks through Caddy have found of these. Sorted once: thousands of sites each have a look at all of it. */
function verifiedBy(
  { checks, trialUntil }: Turn,
  about: (finding: CheckFinding) => string,
): (these: readonly string[]) => Finding {
  if (checks === undefined) return () => unchecked;
  const by = {
    regressions: Map.groupBy(checks.regressions, about),
    failing: Map.groupBy(checks.failing, about),
    flapping: Map.groupBy(checks.flapping, about),
    passed: Map.groupBy(checks.passed, about),
  };
  return (these) => {
    const found = (kind: keyof typeof by): CheckFinding[] => these.flatMap((each) => by[kind].get(each) ?? []);
    return verified(found, trialUntil);
  };
}

const unchecked: Finding = { status: 'Unknown', reason: 'not-checked', message: 'no checks were run' };

function verified(
  found: (kind: 'regressions' | 'failing' | 'flapping' | 'passed') => readonly CheckFinding[],
  trialUntil: string | undefined,
): Finding {
  const [broken] = found('regressions');
  if (broken !== undefined) return { status: 'False', reason: 'rolled-back', message: sentenceOf(broken) };
  const [failing] = found('failing');
  if (failing !== undefined) return { status: 'False', reason: 'check-failed', message: sentenceOf(failing) };
  const [flapping] = found('flapping');
  if (flapping !== undefined) return { status: 'False', reason: 'check-flaps', message: sentenceOf(flapping) };
  const passed = found('passed').length;
  if (passed === 0) return { status: 'Unknown', reason: 'not-checked', message: 'none of its checks was asked' };
  const message = `${passed} ${passed === 1 ? 'check passes' : 'checks pass'}`;
  if (trialUntil === undefined) return { status: 'True', reason: 'verified', message };
  return { status: 'True', reason: 'on-trial', message: `${message}; on trial until ${trialUntil}` };
}

function sentenceOf({ site, says, expected, got, line: { file, line, column } }: CheckFinding): string {
  return `${file}:${line}:${column}: ${site}: ${says}: expected ${expected}, got ${got}`;
}

const gone: Findings = {
  Accepted: { status: 'Unknown', reason: 'gone', message: 'its file is gone' },
  Programmed: { status: 'Unknown', reason: 'gone', message: 'its file is gone' },
  Verified: { status: 'Unknown', reason: 'gone', message: 'its file is gone' },
};

function sentence({ message, place }: DiagnosticJson): string {
  return place === undefined ? message : `${place.file}:${place.line}:${place.column}: ${message}`;
}

function conditionsOf(found: Findings, before: readonly Condition[] | undefined, now: string): Condition[] {
  return conditionTypes.map((type) => {
    const old = before?.find((each) => each.type === type);
    const { status, reason, message } = found[type];
    if (old?.status === status && old.reason === reason && old.message === message) return old;
    return { type, ...found[type], since: old?.status === status ? old.since : now };
  });
}

/** Of what the policies say, and where a guard does not let them go, what they said before. */
function sitesAfter({ sites }: Known, turn: Turn): readonly Pick<SiteStatus, 'hosts' | 'file' | 'line'>[] {
  const wanted = sitesOf(turn);
  if (wanted === undefined) return sites;
  if (turn.result.kind !== 'refused') return wanted;
  const hosts = new Set(wanted.flatMap((site) => site.hosts));
  return [...wanted, ...sites.filter((site) => !site.hosts.some((host) => hosts.has(host)))];
}

/** Undefined where the policies do not come to any sites. */
function sitesOf({ policies }: Turn): Pick<SiteStatus, 'hosts' | 'file' | 'line'>[] | undefined {
  if (policies?.config === undefined) return undefined;
  const lines = linesByFile();
  return policies.model?.sites.map((site) =>
    written.of(site, '', () => {
      const { file, range } = placeOf(site.origin);
      return { hosts: site.hosts, file: file.path, line: lineAt(lines(file), range.start).line };
    }),
  );
}

const written = new PerSite<Pick<SiteStatus, 'hosts' | 'file' | 'line'>>();
