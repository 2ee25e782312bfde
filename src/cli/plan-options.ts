import { type Command, InvalidArgumentError, Option } from 'commander';
import type { PlanOptions } from '../plan/plan.ts';

/** What may be done that is usually refused. */
export interface PlanSettings {
  readonly allowEmpty: boolean;
  /** From 0 to 1. */
  readonly maxDelete: number;
  readonly forceConflicts: boolean;
}

export function addPlanOptions(command: Command): void {
  command.optionsGroup('Guards:');
  command
    .option('--allow-empty', 'policies without a site are meant', false)
    .addOption(
      new Option('--max-delete <percent>', 'how many of the live routes may go at once')
        .argParser(percentage)
        .default(0.3, '30%'),
    )
    .option('--force-conflicts', 'take over what somebody else put where the policies want to be', false);
}

export function planOptionsOf({ allowEmpty, maxDelete, forceConflicts }: PlanSettings): PlanOptions {
  return { allowEmpty, maxDelete, forceConflicts };
}

function percentage(text: string): number {
  const percent = Number(/^(\d{1,3})%$/.exec(text)?.[1]);
  if (!(percent <= 100)) throw new InvalidArgumentError('Write a part as 0% to 100%.');
  return percent / 100;
}
