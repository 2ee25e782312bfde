import { hostWithoutPort } from '../explain/client.ts';
import type { Asked } from '../explain/asked.ts';
import { type Explainer, explainer } from '../explain/explainer.ts';
import { receive } from '../explain/received.ts';
import { isIn } from './boxes.ts';
import { type BehaviourDiff, byImportance, type Line } from './line.ts';
import { meaningOf } from './meaning.ts';
import { type Meeting, meetingsOf } from './meetings.ts';
import { asAsked } from './space/dimension.ts';
import type { Policies } from './policies.ts';
import { type SiteWalk, walkSite } from './walk-site.ts';
import { wholeChanges } from './whole.ts';

/**
 * Which requests are answered otherwise, and how. All is thought through that any matcher of either side names, and what none
 * names; nothing is asked of a Caddy. Pure.
 */
export function behaviourChanges(old: Policies, now: Policies): BehaviourDiff {
  const sides = [explainer(old.model, old.surroundings), explainer(now.model, now.surroundings)] as const;
  const collector = new Collector(sides);
  const known = new Map<string, SiteWalk>();
  for (const meeting of meetingsOf(old, now, sides)) {
    for (const each of wholeChanges(meeting)) collector.addWhole(meeting, each);
    const { before, after } = meeting;
    if (!before || !after || before.listener.tls !== after.listener.tls) continue;
    if (isSame(meeting)) continue;
    const key = walkKey(meeting);
    const walked = known.get(key) ?? walkSite(before, after, meeting.sample);
    known.set(key, walked);
    collector.addWalk(meeting, walked);
  }
  return collector.diff();
}

/** A redirect to https hides all that its routes say, but from proxies that are believed. */
function isSame({ before, after }: Meeting): boolean {
  const sides = [before, after].flatMap((side) => side ?? []);
  const says = sides.map(({ stand, listener }) => {
    const isHidden = stand.onlyToHttps && listener.trusted.length === 0;
    const { site, trusted, onlyToHttps } = stand;
    const { modifiers, routes } = site;
    const shown = isHidden ? meaningOf(modifiers) : meaningOf({ modifiers, routes });
    return JSON.stringify([shown, onlyToHttps, trusted.value, listener.trusted, site.listen.map(({ value }) => value)]);
  });
  return says[0] === says[1];
}

/** Hosts of one site share what is found, unless it depends on the host. */
function walkKey({ at, before, after, sample }: Meeting): string {
  const sites = [before, after].map((side) => {
    const { site, onlyToHttps, trusted } = side?.stand ?? {};
    const own = meaningOf({ routes: site?.routes, modifiers: site?.modifiers, listen: site?.listen });
    return [own, onlyToHttps, trusted?.value, side?.listener.trusted];
  });
  const text = JSON.stringify(sites);
  const isByHost = /"Host"/i.test(text);
  const kind = at.startsWith('unix/') ? at : String(before?.listener.tls);
  return JSON.stringify([kind, isByHost ? sample : '', text]);
}

interface Gathered {
  line: Omit<Line, 'covers'>;
  readonly covering: ((asked: Asked) => boolean)[];
}

class Collector {
  readonly #sides: readonly [Explainer, Explainer];
  readonly #found = new Map<string, Gathered>();
  readonly #notes = new Set<string>();

  constructor(sides: readonly [Explainer, Explainer]) {
    this.#sides = sides;
  }

  addWhole(meeting: Meeting, { change, example }: { readonly change: Line['change']; readonly example: Asked }): void {
    const where = { paths: [{ path: '/', isIn: true }], cases: [[]] };
    this.#add(meeting, { change, example, provided: [], where: { ...where, at: [], hosts: [] } }, () => true);
  }

  addWalk(meeting: Meeting, { changes, placeOf, notes }: SiteWalk): void {
    for (const note of notes) this.#notes.add(`${meeting.host}: ${note}`);
    const tls = meeting.after?.listener.tls ?? false;
    for (const { change, paths, cases, example, provided, places } of changes) {
      const covers = (asked: Asked): boolean => {
        const received = receive(asked, tls);
        if ('status' in received) return false;
        const place = places.get(placeOf(received.path));
        if (place === undefined) return false;
        const point = place.dimensions.map(({ classOf }) => classOf({ received, client: received.from }));
        return place.boxes.some((box) => isIn(point, box));
      };
      const line = {
        change,
        example: asAsked(example, meeting.at, meeting.sample),
        provided,
        where: { at: [], hosts: [], paths, cases },
      };
      this.#add(meeting, line, covers);
    }
  }

  #add(meeting: Meeting, line: Omit<Line, 'covers'>, covers: (asked: Asked) => boolean): void {
    const { change, where } = line;
    const key = JSON.stringify([change, where.paths, where.cases]);
    const known = this.#found.get(key) ?? { line, covering: [] };
    const { at, hosts } = known.line.where;
    known.line = { ...known.line, where: { ...where, at: merged(at, meeting.at), hosts: merged(hosts, meeting.host) } };
    // A listener that came or went counts for what cannot even be read.
    const isWhole = change.of === 'listener';
    known.covering.push((asked) => (isWhole ? asked.at === meeting.at : this.#isOf(meeting, asked) && covers(asked)));
    this.#found.set(key, known);
  }

  #isOf({ at, before, after }: Meeting, asked: Asked): boolean {
    if (asked.at !== at) return false;
    const received = receive(asked, after?.listener.tls ?? before?.listener.tls ?? false);
    if ('status' in received) return false;
    const host = hostWithoutPort(received.host);
    const stands = this.#sides.map(({ listeners }) => listeners.find(({ address }) => address === at)?.standOf(host));
    return stands[0]?.site === before?.stand.site && stands[1]?.site === after?.stand.site;
  }

  diff(): BehaviourDiff {
    const lines = [...this.#found.values()].map(({ line, covering }): Line => {
      return { ...line, covers: (asked) => covering.some((covers) => covers(asked)) };
    });
    return { lines: lines.toSorted(byImportance), notes: [...this.#notes] };
  }
}

function merged(known: readonly string[], one: string): readonly string[] {
  return known.includes(one) ? known : [...known, one];
}
