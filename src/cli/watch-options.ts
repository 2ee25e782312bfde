import { type Command, Option } from 'commander';
import { milliseconds } from './settings.ts';
import { addBakeOptions, type BakeSettings } from './verify-options.ts';

/** How policies are watched, whosever Caddy it is. */
export interface WatchSettings extends BakeSettings {
  /** Milliseconds. */
  readonly interval: number;
  readonly onError: 'refuse' | 'hold-file';
  readonly poll: boolean;
}

/** In one step no set grows to more than so many times as many routes. */
export const maxGrowth = 3;

export function addWatchOptions(command: Command): void {
  command
    .addOption(
      new Option('--interval <duration>', 'how often all is looked at where nothing happens')
        .argParser(milliseconds)
        .default(30_000, '30s'),
    )
    .addOption(
      new Option(
        '--on-error <way>',
        'a file with a mistake: refuse the whole set, or hold the last good text of that file',
      )
        .choices(['refuse', 'hold-file'])
        .default('refuse'),
    )
    .option('--poll', "look at the files all the time: for a network's disk, which tells of no changes", false);
  addBakeOptions(command);
}
