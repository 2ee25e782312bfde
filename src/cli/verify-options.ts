import { type Command, Option } from 'commander';
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
        'how long what passed before may fail, with the time to put back what ran before',
      )
        .argParser(milliseconds)
        .default(5_000, '5s'),
    );
}

/** For what stays beside Caddy. */
export function addBakeOptions(command: Command): void {
  addVerifyOptions(command);
  command.addOption(
    new Option('--bake <duration>', 'how long a revision must do well before it is one of the last good ones')
      .argParser(milliseconds)
      .default(60_000, '60s'),
  );
}

export function verifySettingsOf({ verify, settle, bake }: BakeSettings): Omit<BakeSettings, 'verify'> | undefined {
  return verify ? { settle, bake } : undefined;
}
