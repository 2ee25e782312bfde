import { createHash } from 'node:crypto';
import { canonical, type JsonValue } from '../caddy/json.ts';
import type { Change } from './change.ts';
import { changesBetween } from './changes.ts';
import type { Conflict } from './conflict.ts';
import { findConflicts } from './conflicts.ts';
import { describe } from './describe.ts';
import { guard, type GuardOptions, type Refusal } from './guards.ts';
import type { Desired, Live } from './live.ts';
import { type Ours, oursOf } from './ours.ts';
import { overlay } from './scope.ts';
import type { PlaceOf } from './sides.ts';
import { type Take, takeOver } from './take.ts';

export interface PlanOptions extends GuardOptions {
  /** Take over what others hold. */
  readonly forceConflicts: boolean;
}

/** One scope as it was read, with what proves at the push that it still is so. */
export interface Base {
  readonly value: JsonValue;
  readonly etag: string;
}

export interface Bases {
  readonly apps: Base;
  readonly logging: Base;
}

export interface PlanInput {
  readonly base: Bases;
  readonly desired: Desired;
  readonly owner: string;
  readonly placeOf: PlaceOf;
  readonly options: PlanOptions;
}

/** What an apply would do, complete and unchangeable: what is shown to a person is what is pushed, or nothing is. */
export interface Plan {
  readonly base: Bases;
  readonly next: Live;
  /** `next` as canonical text, which is what is sent. */
  readonly text: { readonly apps: string; readonly logging: string };
  /** Of what it does to ours and what it takes, in hexadecimal. What others change beside ours does not change it. */
  readonly digest: string;
  readonly changes: readonly Change[];
  readonly conflicts: readonly Conflict[];
  readonly refusals: readonly Refusal[];
  readonly isNoop: boolean;
}

/** Pure: neither the live config nor the desired one is changed. With conflicts or refusals a plan is only to be shown. */
export function makePlan({ base, desired, owner, placeOf, options }: PlanInput): Plan {
  const live: Live = { apps: base.apps.value, logging: base.logging.value };
  const found = findConflicts({ live, desired, owner, placeOf }, overlay(live, desired, owner).clashes);
  const takes = options.forceConflicts ? found.flatMap((conflict) => conflict.takes) : [];
  const { next } = overlay(takeOver(live, takes), desired, owner);
  const text = { apps: canonical(next.apps), logging: canonical(next.logging) };
  const isNoop = text.apps === canonical(live.apps) && text.logging === canonical(live.logging);
  const [oursLive, oursNext] = [oursOf(live, owner), oursOf(next, owner)];
  const [before, after] = [describe(oursLive), describe(oursNext)];
  const changes: Change[] = [
    ...changesBetween(before, after, placeOf),
    ...takes.map(({ what }) => ({ kind: 'take', sign: 'remove', name: what }) as const),
  ];
  return Object.freeze({
    base,
    next,
    text,
    digest: digestOf(oursLive, desired, takes),
    changes: isNoop || changes.length > 0 ? changes : [WITHOUT_WORDS],
    conflicts: options.forceConflicts ? [] : found,
    refusals: guard(before, after, options),
    isNoop,
  });
}

/** An order, a mark or a setting for all of Caddy: nothing that a site would notice, but a difference. */
const WITHOUT_WORDS: Change = { kind: 'item', sign: 'change', name: 'order, marks or ports', facts: [] };

function digestOf(ours: Ours, { apps, logging }: Desired, takes: readonly Take[]): string {
  const { servers, authorities, logs, ...lists } = ours;
  const maps = [servers, authorities, logs].map((map) => Object.fromEntries(map));
  const paths = takes.map(({ path }) => path);
  return createHash('sha256')
    .update(canonical([...maps, { ...lists }, apps, logging ?? null, paths]))
    .digest('hex');
}
