import { InvalidArgumentError, Option, type Command } from 'commander';
import type { LogLevel } from '../log.ts';

/** Flags of every command. */
export interface OutputSettings {
  readonly output: OutputFormat;
  /** `--no-color`: true unless it was given. */
  readonly color: boolean;
  readonly quiet: boolean;
  readonly logLevel: LogLevel;
}

/** Of every command, and what some can do beside. */
export const usualFormats = ['text', 'json', 'yaml'] as const;
export type SpecialFormat = 'junit' | 'github';
export type OutputFormat = (typeof usualFormats)[number] | SpecialFormat;

export function addOutputOptions(command: Command, special: readonly SpecialFormat[]): void {
  command
    .addOption(
      new Option('-o, --output <format>', 'form of the document on standard output')
        .choices([...usualFormats, ...special])
        .default('text'),
    )
    .option('--no-color', 'no colours, even on a terminal')
    .option('-q, --quiet', 'only errors on standard error', false)
    .addOption(
      new Option('--log-level <level>', 'how much is logged to standard error')
        .choices(['error', 'warn', 'info', 'debug'])
        .default('warn', 'warn, of watch info'),
    );
}

/** What the policies are compiled for. */
export interface TargetSettings {
  readonly owner: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly internalCa: boolean;
  readonly owners?: string;
}

export function addTargetOptions(command: Command): void {
  command.optionsGroup('Target:');
  command
    .option('--owner <name>', 'whose mark the config carries, where several share a Caddy', ownerName, 'default')
    .option('--http-port <port>', 'the port for plain http', portNumber, 80)
    .option('--https-port <port>', 'the port for https', portNumber, 443)
    .option('--internal-ca', "certificates of every site by Caddy's own CA, no ACME", false);
  addOwnersOption(command);
}

export function addOwnersOption(command: Command): void {
  command.option('--owners <file>', 'whose policies are whose where several write them, and what each may do');
}

/** How Caddy's admin API is reached. */
export interface AdminSettings {
  readonly admin: string;
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
  /** Milliseconds. */
  readonly timeout: number;
}

export function addAdminOptions(command: Command): void {
  command.optionsGroup("Caddy's admin API:");
  command
    .option('--admin <address>', 'http://HOST:PORT, https://HOST:PORT or unix//PATH', 'localhost:2019')
    .option('--cert <file>', 'client certificate for https, PEM')
    .option('--key <file>', 'its private key, PEM')
    .option('--ca <file>', "what the server's certificate must be signed by, PEM")
    .addOption(
      new Option('--timeout <duration>', 'longest wait for an answer').argParser(milliseconds).default(10_000, '10s'),
    );
}

export function ownerName(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(text)) {
    throw new InvalidArgumentError('Use 1 to 40 small letters, digits and -; the first a letter or digit.');
  }
  return text;
}

export function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('A port is a number from 1 to 65535.');
  }
  return port;
}

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A duration as it is typed. */
export function milliseconds(text: string): number {
  const match = /^(\d{1,9})(ms|s|m|h)$/.exec(text);
  const value = Number(match?.[1]) * units[(match?.[2] ?? 'ms') as keyof typeof units];
  // A timer of more than 2^31 ms would fire at once.
  if (!(value > 0 && value < 2 ** 31)) {
    throw new InvalidArgumentError('A duration is a number and a unit: 500ms, 10s, 2m, 1h.');
  }
  return value;
}
