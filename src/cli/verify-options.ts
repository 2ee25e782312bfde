import { type Command, InvalidArgumentError, Option } from 'commander';
import { milliseconds } from './settings.ts';

/** How it is shown that what was pushed works. */
export interface VerifySettings {
  /** `--no-verify`: true unless it was given. */
  readonly verify: boolean;
  /** Milliseconds. */
  readonly settle: number;
}

export interface BakeSettings extends VerifySettings {
  /** Milliseconds. */
  readonly bake: number;
}

export function addVerifyOptions(command: Command): void {
  command.optionsGroup('Checks after the push:');
  command
    .option('--no-verify', 'run none, and put nothing back')
    .addOption(
      new Option(
        '--settle <duration>',
        'how long what passed before may fail, with the time to put back what ran before; 500ms or more',
      )
        .argParser(settleTime)
        .default(5_000, '5s')
        .conflicts('verify'),
    );
}

/** In less no site could answer, and what was not asked would count as shown. */
function settleTime(text: string): number {
  const time = milliseconds(text);
  if (time < 500) throw new InvalidArgumentError('Sites need time to answer: 500ms or more; --no-verify asks nothing.');
  return time;
}

/** For what stays beside Caddy. */
export function addBakeOptions(command: Command): void {
  addVerifyOptions(command);
  command.addOption(
    new Option('--bake <duration>', 'how long a revision must do well before it is one of the last good ones')
      .argParser(milliseconds)
      .default(60_000, '60s')
      .conflicts('verify'),
  );
}

export function verifySettingsOf({ verify, settle, bake }: BakeSettings): Omit<BakeSettings, 'verify'> | undefined {
  return verify ? { settle, bake } : undefined;
}
