import { posix } from 'node:path';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { SourceFile } from '../../src/diagnostics/position.ts';
import { defineOwners } from '../../src/ir/owners/define.ts';
import type { Owners } from '../../src/ir/owners/owners.ts';

/** The owners of a file that lies where the policies' paths begin, on no disk. */
export function ownersOf(
  file: SourceFile,
  env: Readonly<Record<string, string | undefined>> = {},
): Owners | { diagnostics: readonly Diagnostic[] } {
  const { owners, diagnostics } = defineOwners(file, env);
  if (diagnostics.length > 0) return { diagnostics };
  const all = owners.map((owner) => ({
    ...owner,
    folders: owner.rules.folder.map((folder) => posix.resolve('/set', folder)),
  }));
  return { file, all, cwd: '/set' };
}

/** The same of rules that have no mistake. */
export function owned(rules: string): Owners {
  const owners = ownersOf({ path: 'owners.yaml', text: rules });
  if ('diagnostics' in owners) throw new Error(owners.diagnostics.map(({ message }) => message).join('\n'));
  return owners;
}
