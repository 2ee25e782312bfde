import { posix } from 'node:path';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { SourceFile } from '../../diagnostics/position.ts';
import { parseAs } from '../../policy/parse.ts';
import { type OwnerRules, ownersFile } from '../../policy/schema/owners.ts';
import { type Origin, placeOf, within } from '../origin.ts';

/** An owner as the operator's file has it, before anyone looked where its folders are. */
export interface DefinedOwner {
  readonly name: string;
  readonly rules: OwnerRules;
  readonly origin: Origin;
}

/** The owners of a file; none where it has any mistake. */
export function defineOwners(
  file: SourceFile,
  env: Readonly<Record<string, string | undefined>>,
): { owners: readonly DefinedOwner[]; diagnostics: readonly Diagnostic[] } {
  const parsed = parseAs(ownersFile, file, env);
  if (!('value' in parsed)) {
    const { diagnostics } = parsed;
    return { owners: [], diagnostics: diagnostics.length > 0 ? diagnostics : [empty(file)] };
  }
  const { root, value } = parsed;
  const owners = Object.entries(value.owners).map(([name, rules]) => {
    return { name, rules, origin: { file, root, path: ['owners', name] } };
  });
  const diagnostics = [
    ...saidTwice(owners, 'hosts', (host) => host),
    ...saidTwice(owners, 'folder', (folder) => posix.normalize(folder).replace(/\/$/, '')),
    ...owners.flatMap((owner) => badGrants(owner, owners)),
  ];
  return { owners: diagnostics.length > 0 ? [] : owners, diagnostics };
}

function empty(file: SourceFile): Diagnostic {
  const place = { file, range: { start: 0, end: 0 } };
  const hint = 'without rules nobody may do anything: write "owners:", or leave --owners out';
  return { code: 'missing-key', severity: 'error', message: 'this file names no owner', hint, place };
}

/** What two owners have alike would be whoever's comes first. */
function saidTwice(
  owners: readonly DefinedOwner[],
  key: 'hosts' | 'folder',
  comparable: (text: string) => string,
): Diagnostic[] {
  const first = new Map<string, Origin>();
  return owners.flatMap(({ rules, origin }) =>
    rules[key].flatMap((text, index) => {
      const at = within(origin, key, index);
      const known = first.get(comparable(text));
      if (known === undefined) {
        first.set(comparable(text), at);
        return [];
      }
      return [
        {
          code: 'said-twice',
          severity: 'error' as const,
          message: `${text === '' ? '*' : text} has two owners`,
          hint: "give it to one of them; what lies below may be another's",
          place: placeOf(at, 'value'),
          related: [{ message: 'first given here', place: placeOf(known, 'value') }],
        },
      ];
    }),
  );
}

function badGrants({ name, rules, origin }: DefinedOwner, owners: readonly DefinedOwner[]): Diagnostic[] {
  const seen = new Map<string, string>();
  return rules.use.flatMap((grant, index) => {
    const [other = '', granted = ''] = grant.split('/');
    const error = (code: string, message: string, hint: string): Diagnostic[] => {
      return [{ code, severity: 'error', message, hint, place: placeOf(within(origin, 'use', index), 'value') }];
    };
    if (other === name || !owners.some((each) => each.name === other)) {
      const names = owners.map((each) => each.name).filter((each) => each !== name);
      return error('unknown-owner', `there is no other owner "${other}"`, `there are: ${names.join(', ')}`);
    }
    const known = seen.get(granted);
    seen.set(granted, grant);
    if (known === undefined) return [];
    return error('said-twice', `"${granted}" would be both ${known} and ${grant}`, 'keep one of them');
  });
}
