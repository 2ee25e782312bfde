import { type Command, InvalidArgumentError, Option } from 'commander';
import type { PlanOptions } from '../plan/plan.ts';

/** What may be done that is usually refused. */
export interface PlanSettings {
  readonly allowEmpty: boolean;
  /** From 0 to 1. */
  readonly maxDelete: number;
  readonly forceConflicts: boolean;
  readonly allow?: string;
}

export function addPlanOptions(command: Command): void {
  command.optionsGroup('Guards:');
  command
    .option('--allow-empty', 'policies without a site are meant', false)
    .addOption(maxDeleteOption().default(usualMaxDelete, '30%'))
    .option('--force-conflicts', 'take over what somebody else put where the policies want to be', false)
    .option('--allow <digest>', 'the plan of this digest, which was refused or rolled back, is meant', digest);
}

export const usualMaxDelete = 0.3;

export function maxDeleteOption(): Option {
  return new Option('--max-delete <percent>', 'how many of the live routes may go at once').argParser(percentage);
}

export function planOptionsOf({ allowEmpty, maxDelete, forceConflicts, allow }: PlanSettings): PlanOptions {
  return { allowEmpty, maxDelete, forceConflicts, ...(allow !== undefined && { allow }) };
}

/** Zeros are the digest of a plan that does nothing. */
function digest(text: string): string {
  if (!/^[0-9a-f]{12,64}$/.test(text) || /^0+$/.test(text)) {
    throw new InvalidArgumentError('A digest is 12 to 64 hexadecimal digits, as the refusal shows them.');
  }
  return text;
}

function percentage(text: string): number {
  const percent = Number(/^(\d{1,3})%$/.exec(text)?.[1]);
  if (!(percent <= 100)) throw new InvalidArgumentError('Write a part as 0% to 100%.');
  return percent / 100;
}
