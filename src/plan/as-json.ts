import { lineAt, linesByFile } from '../diagnostics/lines.ts';
import type { Place } from '../diagnostics/position.ts';
import { type Change, countChanges, type Counts, type FactChange, type Sign } from './change.ts';
import type { Plan } from './plan.ts';

interface JsonPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

type JsonChange =
  | {
      readonly kind: 'item' | 'take';
      readonly action: Sign;
      readonly name: string;
      readonly facts?: readonly FactChange[];
    }
  | {
      readonly kind: 'site';
      readonly action: Sign;
      readonly hosts: readonly string[];
      readonly place?: JsonPlace | undefined;
      readonly facts: readonly FactChange[];
      readonly routes: readonly {
        readonly action: Sign;
        readonly route: string;
        readonly place?: JsonPlace | undefined;
        readonly facts: readonly FactChange[];
      }[];
    };

export interface JsonPlan {
  readonly digest: string;
  readonly changed: boolean;
  readonly counts: Counts;
  readonly changes: readonly JsonChange[];
  readonly conflicts: readonly {
    readonly kind: string;
    readonly message: string;
    readonly hint?: string | undefined;
    readonly place?: JsonPlace | undefined;
    readonly takes: readonly string[];
  }[];
  readonly refusals: readonly { readonly guard: string; readonly reason: string; readonly allow: string }[];
}

/** A plan for programs: the same that is rendered, with places as file, line and column. */
export function planAsJson(plan: Plan): JsonPlan {
  const lines = linesByFile();
  const locate: Locate = (place) => {
    if (place === undefined) return undefined;
    const { line, start } = lineAt(lines(place.file), place.range.start);
    return { file: place.file.path, line, column: place.range.start - start + 1 };
  };
  return {
    digest: plan.digest,
    changed: !plan.isNoop,
    counts: countChanges(plan.changes),
    changes: plan.changes.map((change) => changeAsJson(change, locate)),
    conflicts: plan.conflicts.map(({ kind, message, hint, place, takes }) => ({
      kind,
      message,
      hint,
      place: locate(place),
      takes: takes.map(({ what }) => what),
    })),
    refusals: plan.refusals,
  };
}

type Locate = (place: Place | undefined) => JsonPlace | undefined;

function changeAsJson(change: Change, locate: Locate): JsonChange {
  switch (change.kind) {
    case 'take':
      return { kind: 'take', action: change.sign, name: change.name };
    case 'item':
      return { kind: 'item', action: change.sign, name: change.name, facts: change.facts };
    case 'site': {
      const routes = change.routes.map(({ sign, label, place, facts }) => ({
        action: sign,
        route: label,
        place: locate(place),
        facts,
      }));
      const { sign, hosts, place, facts } = change;
      return { kind: 'site', action: sign, hosts, place: locate(place), facts, routes };
    }
    default:
      return change satisfies never;
  }
}
