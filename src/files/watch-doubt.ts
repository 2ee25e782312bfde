import type { Look } from './watch-look.ts';

// Long enough for a writer that lost the processor between two steps, short enough not to be noticed.
const patience = 100;

/**
 * For how many milliseconds a look must stay the same before it is believed, since it may show the half of a change.
 * One file with a new text is believed at once. A file that is gone may be on its way back (vim moves the old one away
 * before it writes the new one), and where several files differ more may follow (a checkout, a copy). An empty file is the
 * first half of each save in place, so it is believed only when nothing came in all the time that there is.
 */
export function doubtAbout(seen: Look, known: Look): number {
  let differing = 0;
  for (const [key, stamp] of seen.stamps) {
    if (known.stamps.get(key) === stamp) continue;
    if (seen.empty.has(key)) return Number.POSITIVE_INFINITY;
    differing++;
  }
  for (const key of known.stamps.keys()) {
    if (!seen.stamps.has(key)) return patience;
  }
  return differing > 1 ? patience : 0;
}
