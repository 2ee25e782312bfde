import type { History } from '../../../history/history.ts';
import { runningRevision } from '../../../history/running.ts';
import { isJsonObject } from '../../../caddy/json.ts';
import type { CompiledPaths } from '../../policies.ts';
import type { Examined } from '../examine.ts';
import { versionOf } from '../version.ts';
import { historyFacts, type HistoryFacts } from './history.ts';
import { policiesFacts, type PoliciesFacts } from './policies.ts';
import type { SettingsFacts } from './settings.ts';
import { type Shape, shapeOf } from './shape.ts';

/**
 * What helps to understand a fault from afar. Each part is made of what is named in its own file and of nothing else, so that
 * a secret cannot come in by a way that nobody thought of.
 */
export interface Bundle {
  readonly bundle: 1;
  readonly made: string;
  readonly caddyctl: string;
  readonly node: string;
  readonly platform: string;
  readonly caddy: object | null;
  readonly settings: SettingsFacts;
  readonly findings: readonly object[];
  readonly policies: PoliciesFacts;
  readonly history: HistoryFacts;
  readonly live: (Shape & { readonly revision: string | null }) | null;
}

export interface BundleParts {
  readonly examined: Examined;
  readonly compiled: CompiledPaths;
  readonly history: History;
  readonly settings: SettingsFacts;
  readonly owner: string;
  /** Of the program. */
  readonly version: string;
  readonly now: Date;
  /** Hosts, the names of files and addresses too. */
  readonly withHosts: boolean;
}

export async function bundleOf(parts: BundleParts): Promise<Bundle> {
  const { examined, compiled, history, settings, owner, version, now, withHosts } = parts;
  const { admin, findings } = examined;
  return {
    bundle: 1,
    made: now.toISOString(),
    caddyctl: version,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    caddy: admin === undefined ? null : versionOf(admin.inspection),
    settings,
    // What was seen names addresses and paths.
    findings: withHosts ? findings : findings.map(({ id, level }) => ({ id, level })),
    policies: policiesFacts(compiled, withHosts),
    history: await historyFacts(history),
    live: admin === undefined ? null : { ...shapeOf(admin.inspection.config), revision: running(examined, owner) },
  };
}

function running({ admin }: Examined, owner: string): string | null {
  const config = admin?.inspection.config;
  const revision = isJsonObject(config) ? runningRevision(config['apps'] ?? null, owner) : undefined;
  return revision !== undefined && /^[0-9a-f]{6,64}$/.test(revision) ? revision : null;
}
