import type { Target } from '../../caddy/target.ts';
import type { Compile } from '../../compile.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { OwnedSources } from '../../files/read-owned.ts';
import type { LastServed } from './last-served.ts';
import { compileWhole, isError, type ReadPolicies } from './read-policies.ts';

/** How often a set is compiled to find what of it is bad: files that each show only when another is held cost no pass its time. */
export const MOST_ROUNDS = 6;

/**
 * As many files as can be as they are, and for each bad one the text of it that was served last. A file is never left out:
 * its sites would go down. So a bad one that was never served refuses the whole set, and so does what no older text repairs.
 */
export function compileHolding(
  read: OwnedSources,
  { files: lastGood }: LastServed,
  target: Target,
  compile: Compile,
): ReadPolicies {
  const held = new Map<string, readonly Diagnostic[]>();
  const texts = new Map(read.sources.map((source) => [source.path, source]));
  const hold = (path: string, why: readonly Diagnostic[]): void => {
    const file = lastGood.get(path);
    if (file === undefined) return;
    held.set(path, why);
    texts.set(path, file);
  };
  const isHoldable = (path: string): boolean =>
    !held.has(path) && lastGood.has(path) && texts.get(path)?.text !== lastGood.get(path)?.text;

  let unread = read.diagnostics;
  for (const [path, why] of byFile(read.diagnostics.filter(isError))) {
    if (!isHoldable(path)) continue;
    hold(path, why);
    unread = unread.filter((each) => !why.includes(each));
  }
  for (let round = 1; ; round++) {
    const compiled = compileWhole({ ...read, sources: [...texts.values()], diagnostics: unread }, target, compile);
    const mistakes = compiled.diagnostics.filter(isError);
    if (mistakes.length === 0) return { ...compiled, held };
    const bad = byFile(mistakes);
    const named = [...bad.keys()].filter(isHoldable);
    // The mistake shows in a file that is as it was: then something that others changed is the reason.
    const isNamed = named.length > 0 && round < MOST_ROUNDS;
    const holdable = isNamed ? named : [...texts.keys()].filter(isHoldable);
    if (holdable.length === 0) {
      const others = [...held.values()].flat();
      return { ...compiled, held: new Map(), diagnostics: [...new Set([...others, ...compiled.diagnostics])] };
    }
    for (const path of holdable) hold(path, bad.get(path) ?? mistakes);
  }
}

export function byFile(diagnostics: readonly Diagnostic[]): Map<string, Diagnostic[]> {
  const files = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const path = diagnostic.place?.file.path;
    if (path !== undefined) files.set(path, [...(files.get(path) ?? []), diagnostic]);
  }
  return files;
}
