import { diagnosticsAsJson } from '../../../diagnostics/as-json.ts';
import type { CompiledPaths } from '../../policies.ts';

/** Policies by number, and their mistakes by code and place: no text of theirs. */
export interface PoliciesFacts {
  readonly files: number;
  readonly bytes: number;
  readonly sites: number;
  readonly routes: number;
  readonly revision: string | null;
  readonly diagnostics: readonly MistakeFacts[];
  readonly names?: { readonly files: readonly string[]; readonly hosts: readonly string[] };
}

interface MistakeFacts {
  readonly code: string;
  readonly severity: string;
  /** By its number among all files, from 1; 0 for one that could not be read. */
  readonly file?: number;
  readonly line?: number;
  readonly column?: number;
}

/** A file's name is often that of a host, so without `withHosts` files are numbers. */
export function policiesFacts(
  { sources, diagnostics, model, revision }: CompiledPaths,
  withHosts: boolean,
): PoliciesFacts {
  const paths = sources.map(({ path }) => path);
  const sites = model?.sites ?? [];
  return {
    files: sources.length,
    bytes: sources.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
    sites: sites.length,
    routes: sites.flatMap(({ routes }) => routes).length,
    revision: revision ?? null,
    diagnostics: diagnosticsAsJson(diagnostics).map(({ code, severity, place }) => ({
      code,
      severity,
      ...(place && { file: paths.indexOf(place.file) + 1, line: place.line, column: place.column }),
    })),
    ...(withHosts && { names: { files: paths, hosts: sites.flatMap(({ hosts }) => hosts) } }),
  };
}
