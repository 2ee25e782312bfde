const longestWord = 64;
const mostCandidates = 2_000;

/**
 * The candidate that was probably meant by `word`: the one with the fewest typing slips (a letter more, less, other, or
 * two swapped), at most one for each three letters; undefined when none is that near. Ties go to the earlier candidate.
 * Bounded: words over 64 letters and candidates after the first 2,000 are not looked at, so hostile input cannot stall it.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > longestWord) {
    return undefined;
  }
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let limit = Math.max(1, Math.floor(word.length / 3));
  let looked = 0;
  for (const candidate of candidates) {
    if (++looked > mostCandidates) {
      break;
    }
    if (candidate.length > longestWord || Math.abs(candidate.length - wanted.length) > limit) {
      continue;
    }
    const slips = distance(wanted, candidate.toLowerCase(), limit);
    if (slips <= limit && candidate !== word) {
      best = candidate;
      limit = slips - 1;
      if (limit < 0) {
        break;
      }
    }
  }
  return best;
}

/** `suggest` for the first `most` words that are asked about: a file with thousands of slips needs no help with each. */
export function suggester(most = 100): typeof suggest {
  let left = most;
  return (word, candidates) => (left-- > 0 ? suggest(word, candidates) : undefined);
}

/** Damerau-Levenshtein (optimal string alignment); anything over `limit` may be returned as `limit + 1`. */
function distance(a: string, b: string, limit: number): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const substituted = at(previous, j - 1) + Number(a[i - 1] !== b[j - 1]);
      let slips = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, substituted);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        slips = Math.min(slips, at(beforePrevious, j - 2) + 1);
      }
      current.push(slips);
      least = Math.min(least, slips);
    }
    // A swap reaches back two rows, so one row over the limit is not yet the end; two are.
    if (least > limit && Math.min(...previous) > limit) {
      return limit + 1;
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
