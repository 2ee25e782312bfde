import { createHash } from 'node:crypto';
import { canonical, type JsonValue } from '../caddy/json.ts';
import { shared } from '../caddy/share.ts';
import type { Change } from './change.ts';
import { changesBetween } from './changes.ts';
import type { Conflict } from './conflict.ts';
import { findConflicts } from './conflicts.ts';
import { describe } from './describe.ts';
import { guard, guardUnchanged, type GuardOptions, type Refusal } from './guards.ts';
import type { Desired, Live } from './live.ts';
import { type Ours, oursOf } from './ours.ts';
import { same } from './same.ts';
import { overlay } from './scope.ts';
import type { PlaceOf } from './sides.ts';
import { type Take, takeOver } from './take.ts';

export interface PlanOptions extends GuardOptions {
  /** Take over what others hold. */
  readonly forceConflicts: boolean;
  /** How the digest of a plan begins that is meant whatever the guards say. */
  readonly allow?: string;
}

/** One scope as it was read, with what proves at the push that it still is so. */
interface Base {
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
  /** Of what it does to ours and what it takes, in hexadecimal; zeros when that is nothing. What others change beside ours does not change it. */
  readonly digest: string;
  readonly changes: readonly Change[];
  readonly conflicts: readonly Conflict[];
  readonly refusals: readonly Refusal[];
  readonly isNoop: boolean;
}

/** Pure: neither the live config nor the desired one is changed. With conflicts or refusals a plan is only to be shown. */
export function makePlan({ base: read, desired, owner, placeOf, options }: PlanInput): Plan {
  // Nearly all of it is what is desired already, and need not be put into words twice.
  const base = { apps: sharedBase(read.apps, desired.apps), logging: sharedBase(read.logging, desired.logging) };
  const live: Live = { apps: base.apps.value, logging: base.logging.value };
  const plain = overlay(live, desired, owner);
  const found = findConflicts({ live, desired, owner, placeOf }, plain.clashes);
  const takes = options.forceConflicts ? found.flatMap((conflict) => conflict.takes) : [];
  const { next } = takes.length === 0 ? plain : overlay(takeOver(live, takes), desired, owner);
  const isNoop = same(live.apps, next.apps) && same(live.logging, next.logging);
  const ours = oursOf(live, owner);
  const conflicts = options.forceConflicts ? [] : found;
  if (isNoop) {
    const refusals = isAllowed(NO_DIGEST, options) ? [] : guardUnchanged(ours, options);
    return Object.freeze({ base, next, digest: NO_DIGEST, changes: [], conflicts, refusals, isNoop });
  }
  const [before, after] = [describe(ours), describe(oursOf(next, owner))];
  const takeChanges = takes.map(({ what }): Change => ({ kind: 'take', sign: 'remove', name: what }));
  const changes = [...changesBetween(before, after, placeOf), ...takeChanges];
  const digest = digestOf(ours, desired, takes);
  return Object.freeze({
    base,
    next,
    digest,
    changes: changes.length > 0 ? changes : [WITHOUT_WORDS],
    conflicts,
    refusals: isAllowed(digest, options) ? [] : guard(before, after, options),
    isNoop,
  });
}

function sharedBase({ value, etag }: Base, desired: JsonValue | undefined): Base {
  return { value: shared(value, desired), etag };
}

/** Whether somebody has said of this very plan that it is meant. */
export function isAllowed(digest: string, { allow }: PlanOptions): boolean {
  return allow !== undefined && digest.startsWith(allow);
}

/** An order, a mark or a setting for all of Caddy: nothing that a site would notice, but a difference. */
const WITHOUT_WORDS: Change = { kind: 'item', sign: 'change', name: 'order, marks or ports', facts: [] };

/** Fed in small pieces: a large config as one text would cost more than all the rest of a plan. */
function digestOf(ours: Ours, { apps, logging }: Desired, takes: readonly Take[]): string {
  const hash = createHash('sha256');
  const feed = (value: JsonValue, depth: number): void => {
    if (depth === 0 || typeof value !== 'object' || value === null) return void hash.update(`${canonical(value)}\n`);
    for (const key of Object.keys(value).toSorted()) {
      hash.update(`${depth} ${JSON.stringify(key)}\n`);
      feed((value as Record<string, JsonValue>)[key] as JsonValue, depth - 1);
    }
  };
  const { servers, authorities, logs, onDemand, ...lists } = ours;
  const [ourServers = {}, ...others] = [servers, authorities, logs, onDemand].map((map) => Object.fromEntries(map));
  feed(ourServers, PIECES);
  feed({ ...lists, others }, PIECES);
  feed(apps, PIECES + 2);
  feed([logging ?? null, takes.map(({ path }) => path)], PIECES);
  return hash.digest('hex');
}

const NO_DIGEST = '0'.repeat(64);

/** How deep the routes stand below the map of servers. */
const PIECES = 3;
