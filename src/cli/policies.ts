import type { Target } from '../caddy/target.ts';
import type { Compiled } from '../compile.ts';
import type { SourceFile } from '../diagnostics/position.ts';
import type { Owners } from '../ir/owners/owners.ts';
import { type Log, silentLog } from '../log.ts';
import { pathsOf } from './paths.ts';
import type { TargetSettings } from './settings.ts';

export interface CompiledPaths extends Compiled {
  readonly sources: readonly SourceFile[];
  readonly owners?: Owners;
}

/**
 * Reads and compiles what was typed. A file that cannot be read is an error like any other: nothing is compiled without it,
 * because what the others lack then is not their mistake.
 */
export async function compilePaths(
  operands: readonly string[],
  target: Target,
  stdin: AsyncIterable<Uint8Array | string>,
  log: Log = silentLog,
): Promise<CompiledPaths> {
  const { knownOwners, mistakesIn, readOwnedSources } = await import('../files/read-owned.ts');
  const start = performance.now();
  const read = await readOwnedSources(pathsOf(operands), { ...target, stdin });
  const { sources, diagnostics } = read;
  const owners = knownOwners(read);
  log.debug({ files: sources.length, ms: Math.round(performance.now() - start) }, 'policies read');
  if (diagnostics.some(({ severity }) => severity === 'error')) {
    return { sources, diagnostics: [...diagnostics, ...mistakesIn(read, target.env)] };
  }
  const { compile } = await import('../compile.ts');
  const begun = performance.now();
  const compiled = compile(sources, { ...target, ...(owners && { owners }) });
  const { revision } = compiled;
  log.debug(
    { sites: compiled.model?.sites.length, revision, ms: Math.round(performance.now() - begun) },
    'policies compiled',
  );
  return { ...compiled, sources, ...(owners && { owners }), diagnostics: [...diagnostics, ...compiled.diagnostics] };
}

/** What the flags ask for, with caddyctl's environment. */
export function targetOf(settings: TargetSettings, env: Target['env']): Target {
  const { owner, httpPort, httpsPort, internalCa, owners } = settings;
  return { owner, httpPort, httpsPort, internalCa, env, ...(owners !== undefined && { ownersFile: owners }) };
}
