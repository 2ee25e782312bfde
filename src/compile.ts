import { missingRequirements } from './caddy/requirements.ts';
import { shared } from './caddy/share.ts';
import type { Target } from './caddy/target.ts';
import { type CaddyConfig, translate, type Translation } from './caddy/translate.ts';
import { adjustSeverities } from './diagnostics/adjust.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import type { SourceFile } from './diagnostics/position.ts';
import { check } from './ir/check.ts';
import { mergePolicies } from './ir/merge.ts';
import type { Model } from './ir/model.ts';
import { namesByOwner } from './ir/names.ts';
import { ownerBreaches } from './ir/owners/check.ts';
import { environments } from './ir/owners/owners.ts';
import { createResolve, type Resolve } from './ir/resolve.ts';
import { shippedPresets } from './ir/shipped-presets.ts';
import { createParser, type Parser } from './policy/parser.ts';

export interface Compiled extends Partial<Translation> {
  readonly diagnostics: readonly Diagnostic[];
  /** What the files mean; absent while a file cannot be read as a policy. */
  readonly model?: Model;
  /** What the config was made for, beside the policies. */
  readonly madeFor?: { readonly httpPort: number; readonly httpsPort: number; readonly modules: readonly string[] };
  /** Absent when any diagnostic is an error: half a policy set is never a config. */
  readonly config?: CaddyConfig;
}

export type Compile = (sources: readonly SourceFile[], target: Target) => Compiled;

/** Sources → config, without touching anything. All mistakes at once; equal sources in any order give equal bytes. */
export const compile: Compile = (sources, target) => createCompile()(sources, target);

/** The same for one set again and again: what files and sites were the time before is remembered, and never changes what comes out. */
export function createCompile(): Compile {
  const [parse, resolve] = [createParser(), createResolve()];
  let last: CaddyConfig | undefined;
  return (sources, target) => {
    const compiled = compileBy(parse, resolve, sources, target);
    if (compiled.config === undefined) return compiled;
    last = sharedConfig(compiled.config, last);
    return { ...compiled, config: last };
  };
}

/** So that whoever compares two configs has little to compare. */
function sharedConfig({ apps, logging }: CaddyConfig, last: CaddyConfig | undefined): CaddyConfig {
  return { apps: shared(apps, last?.apps), ...(logging && { logging: shared(logging, last?.logging) }) };
}

function compileBy(parse: Parser, resolve: Resolve, sources: readonly SourceFile[], target: Target): Compiled {
  const ordered = sources.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const { owners, ownersFile } = target;
  if (ownersFile !== undefined && owners === undefined) throw new Error(`${ownersFile} was not read with the policies`);
  const [shipped, ...parsed] = parse([shippedPresets, ...ordered], environments(owners, target.env));
  const unread = parsed.flatMap(({ diagnostics }) => diagnostics);
  const policies = parsed.flatMap(({ policy }) => policy ?? []);
  const breaches = owners ? ownerBreaches(policies, owners) : [];
  // What is forbidden means nothing beside what others wrote: else they would be told of a contradiction.
  const forbidden = new Set(breaches.map(({ place }) => place?.file));
  const merged = [shipped?.policy, ...policies.filter(({ file }) => !forbidden.has(file))];
  const { set, diagnostics: unmerged } = mergePolicies(
    merged.flatMap((policy) => policy ?? []),
    owners && namesByOwner(owners),
  );
  // A file that cannot be read hides services and presets, and what others then miss is not their mistake.
  if (unread.length + breaches.length > 0) {
    return { diagnostics: adjustSeverities([...unread, ...breaches, ...unmerged], {}) };
  }
  const { model, diagnostics: unresolved } = resolve(set);
  const checked = [
    ...check(model, { adminAddresses: [], statusAddresses: [], ...target }),
    ...missingRequirements(model, target),
  ];
  const wanted = set.global.diagnostics?.value ?? {};
  const diagnostics = adjustSeverities([...unmerged, ...unresolved, ...checked], wanted);
  if (diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics, model };
  const { httpPort, httpsPort, running } = target;
  const madeFor = { httpPort, httpsPort, modules: [...(running?.modules ?? [])] };
  return { diagnostics, model, madeFor, ...translate(model, target) };
}
