import type { Way } from '../explain/answer.ts';
import type { Asked } from '../explain/asked.ts';
import { effectsOf, TAKEN_AWAY } from './effects.ts';

/** One thing that is other than it was. */
export interface Change {
  /** `answer`, `header X-Frame-Options`, `app path`, `host`. */
  readonly of: string;
  /** The rules behind it; undefined where nothing was or is said. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** All by which a client or an app could tell two ways of one request apart. */
export function changesBetween(asked: Asked, old: Way, now: Way): Change[] {
  const [before, after] = [effectsOf(asked, old), effectsOf(asked, now)];
  const isSameKind = old.end.kind === now.end.kind;
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((of): Change[] => {
    const [was, is] = [before.get(of), after.get(of)];
    if (was?.seen === is?.seen) return [];
    // Where another kind of thing answers, what belongs to the one or the other goes without saying.
    if (!isSameKind && !(of === 'answer' || of.startsWith('header ') || of === 'rate limit')) return [];
    // What is taken away from an app's answer is not there in one of Caddy's own either.
    if (!isSameKind && of.startsWith('header ') && isAway(was?.says) && isAway(is?.says)) return [];
    if (of === 'gate' && !isGateOfItsOwn(was?.says, is?.says)) return [];
    return [{ of, before: was?.says, after: is?.says }];
  });
}

/** A gate that came or went is told by what is refused without a credential; some refuse nothing by themselves. */
function isGateOfItsOwn(was: string | undefined, is: string | undefined): boolean {
  const quiet = ['users', 'tokens', undefined];
  return (was !== undefined && is !== undefined) || !quiet.includes(was) || !quiet.includes(is);
}

function isAway(says: string | undefined): boolean {
  return says === undefined || says === TAKEN_AWAY;
}
