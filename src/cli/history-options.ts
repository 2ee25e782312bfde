import type { Command } from 'commander';
import { addAdminOptions, type AdminSettings, ownerName } from './settings.ts';
import { addLocalOptions, type LocalSettings } from './up/settings.ts';

/** Whose history, and which Caddy is asked what it runs. */
export interface HistorySettings extends AdminSettings, LocalSettings {
  readonly owner: string;
}

export function addHistoryOptions(command: Command): void {
  command.optionsGroup('Target:');
  command.option('--owner <name>', 'whose mark the config carries', ownerName, 'default');
  addAdminOptions(command);
  addLocalOptions(command);
}
