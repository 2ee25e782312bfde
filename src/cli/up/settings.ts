import { type Command, Option } from 'commander';
import { maxDeleteOption } from '../plan-options.ts';
import { addOwnersOption, ownerName, portNumber } from '../settings.ts';
import { addStatusOptions, type StatusSettings } from '../status-options.ts';
import { addWatchOptions, type WatchSettings } from '../watch-options.ts';

export interface UpSettings extends WatchSettings, StatusSettings {
  readonly local: boolean;
  readonly obtain: boolean;
  readonly allowEmpty: boolean;
  /** From 0 to 1; absent: the usual part, and with `--local` any. */
  readonly maxDelete?: number;
  readonly owner: string;
  /** Absent: the usual ones, or with `--local` any that are free. */
  readonly httpPort?: number;
  readonly httpsPort?: number;
  readonly internalCa: boolean;
  readonly owners?: string;
  readonly stateDir?: string;
}

export function addUpOptions(command: Command): void {
  command
    .option('--local', 'for a laptop: loopback only, ports that need no right, no ACME, missing secrets made up', false)
    .option('--obtain', 'where there is no Caddy, obtain one: by apt, Go or the official release', false);
  addWatchOptions(command);
  command.optionsGroup('Guards:');
  command
    .option('--allow-empty', 'policies without a site are meant', false)
    .addOption(maxDeleteOption().default(undefined, '30%, with --local 100%'));
  command.optionsGroup('Target:');
  command
    .option('--owner <name>', 'whose mark the config carries', ownerName, 'default')
    .option('--http-port <port>', 'the port for plain http: 80, with --local 8080 or another free one', portNumber)
    .option('--https-port <port>', 'the port for https: 443, with --local 8443 or another free one', portNumber)
    .option('--internal-ca', "certificates of every site by Caddy's own CA, no ACME; --local implies it", false);
  addOwnersOption(command);
  command.optionsGroup('State:');
  addStateOption(command);
  addStatusOptions(command);
}

/** Means the Caddy of a running `up --local`: its admin API, and the ports and certificates that it was started with. */
export interface LocalSettings {
  readonly local: boolean;
  readonly stateDir?: string;
}

export function addLocalOptions(command: Command): void {
  command.optionsGroup('A running `caddyctl up --local`:');
  command.addOption(
    new Option('--local', 'mean that one: its admin API, ports and certificates')
      .default(false)
      .conflicts(['admin', 'owner', 'httpPort', 'httpsPort', 'internalCa']),
  );
  command.optionsGroup('State:');
  addStateOption(command);
}

export function addStateOption(command: Command): void {
  command.option(
    '--state-dir <folder>',
    'what is kept: the history, and sockets and CA of `up` ($XDG_STATE_HOME/caddyctl by default)',
  );
}
