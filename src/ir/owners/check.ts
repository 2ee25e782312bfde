import { posix } from 'node:path';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { SourceFile } from '../../diagnostics/position.ts';
import type { ParsedPolicy } from '../../policy/parse.ts';
import { countBreaches } from './counts.ts';
import { hostBreaches, hostRights } from './hosts.ts';
import { type Owner, type Owners, ownerOf } from './owners.ts';
import { reachBreaches } from './reaches.ts';

/**
 * What the operator's file forbids. Asked of each file for itself, before the files of a set mean anything together: later
 * nobody could tell whose mistake it is.
 */
export function ownerBreaches(policies: readonly ParsedPolicy[], owners: Owners): Diagnostic[] {
  const rights = hostRights(owners);
  const found: Diagnostic[] = [];
  const byOwner = new Map<Owner, ParsedPolicy[]>();
  for (const policy of policies) {
    const owner = ownerOf(owners, policy.file);
    if (owner === undefined) {
      found.push(nobodys(policy.file, owners));
      continue;
    }
    const theirs = byOwner.get(owner) ?? [];
    theirs.push(policy);
    byOwner.set(owner, theirs);
    found.push(...hostBreaches(policy, owner, rights), ...reachBreaches(policy, owner));
  }
  for (const [owner, theirs] of byOwner) found.push(...countBreaches(theirs, owner));
  return found;
}

function nobodys(file: SourceFile, { file: { path } }: Owners): Diagnostic {
  const folder = posix.relative(posix.dirname(path), posix.dirname(file.path)) || '"."';
  return {
    code: 'owner-none',
    severity: 'error',
    message: "this file is in nobody's folder",
    hint: `move it into the folder of an owner, or give its folder to one in ${path}, from where that file is: folder: ${folder}`,
    place: { file, range: { start: 0, end: 0 } },
  };
}
