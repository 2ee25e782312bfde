import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { knownOwners, type OwnedSources } from '../../files/read-owned.ts';
import { inputsDigest, inputsOf } from '../../history/inputs.ts';
import { type Owner, ownerOf } from '../../ir/owners/owners.ts';
import type { LastServed } from './last-served.ts';

/** Of the machine rather than of a file: the place is only the first that wants the address. */
const PASSING = /address already in use|bind: permission denied/;

interface Blame {
  readonly owner: string;
  /** Of all that the owner wrote. */
  readonly digest: string;
  readonly complaint: Diagnostic;
}

/** What only Caddy could judge and did not take: the mistake of whose files it is in, until that owner changes something. */
export class Blamed {
  #blames: readonly Blame[] = [];

  /** The policies, where those whom Caddy complained of have that for a mistake. */
  asRead(sources: OwnedSources): OwnedSources {
    const all = knownOwners(sources)?.all ?? [];
    this.#blames = this.#blames.filter(({ owner, digest }) => {
      const found = all.find(({ name }) => name === owner);
      return found !== undefined && digestOf(sources, found) === digest;
    });
    return { ...sources, diagnostics: [...sources.diagnostics, ...this.#blames.map(({ complaint }) => complaint)] };
  }

  /** Whether the complaint is of one owner's own change, which then is held from the next pass on. */
  note(sources: OwnedSources, complaint: Diagnostic, last: LastServed): boolean {
    const owners = knownOwners(sources);
    const owner = owners && complaint.place && ownerOf(owners, complaint.place.file);
    if (PASSING.test(complaint.message)) return false;
    if (owner === undefined || this.#blames.some(({ owner: name }) => name === owner.name)) return false;
    const digest = digestOf(sources, owner);
    const served = { ...sources, sources: [...last.files.values()] };
    if (digest === digestOf(served, owner)) return false;
    this.#blames = [...this.#blames, { owner: owner.name, digest, complaint }];
    return true;
  }

  /** Another Caddy may take it. */
  forget(): void {
    this.#blames = [];
  }
}

function digestOf(sources: OwnedSources, owner: Owner): string {
  const owners = knownOwners(sources);
  return inputsDigest(inputsOf(sources.sources.filter((file) => owners && ownerOf(owners, file) === owner)));
}
