import type { Command } from 'commander';
import type { AdminAddress } from '../../../admin/address.ts';
import { isLoopback } from '../../../ir/checks/reach.ts';
import { variableOf } from '../../environment.ts';
import type { HistorySettings } from '../../history-options.ts';

/** Which settings were made, and of what kind: no address, path or name. */
export interface SettingsFacts {
  readonly admin: 'unix' | 'loopback' | 'network' | 'tls' | 'unknown';
  readonly clientCertificate: boolean;
  readonly authority: boolean;
  readonly timeoutMs: number;
  readonly local: boolean;
  readonly defaultOwner: boolean;
  readonly ownStateDir: boolean;
  /** caddyctl's own variables that are set; those of others are not looked at. */
  readonly variables: readonly string[];
}

export function settingsFacts(
  settings: HistorySettings,
  address: AdminAddress | undefined,
  program: Command,
  env: NodeJS.ProcessEnv,
): SettingsFacts {
  const options = [program, ...program.commands].flatMap((command) => command.options);
  const variables = new Set(options.flatMap((option) => variableOf(option) ?? []));
  return {
    admin: address === undefined ? 'unknown' : kindOf(address),
    clientCertificate: settings.cert !== undefined,
    authority: settings.ca !== undefined,
    timeoutMs: settings.timeout,
    local: settings.local,
    defaultOwner: settings.owner === 'default',
    ownStateDir: settings.stateDir !== undefined,
    variables: [...variables].filter((name) => (env[name] ?? '') !== '').toSorted(),
  };
}

function kindOf(address: AdminAddress): SettingsFacts['admin'] {
  if (address.kind === 'unix') return 'unix';
  if (address.protocol === 'https') return 'tls';
  return isLoopback(new URL(address.origin).hostname.replaceAll(/[[\]]/g, '')) ? 'loopback' : 'network';
}
