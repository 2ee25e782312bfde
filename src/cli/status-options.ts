import { type Command, InvalidArgumentError, Option } from 'commander';
import { dialOf, parseStatusAddress, type StatusAddress, usualStatusAddress } from '../daemon/status/address.ts';
import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';

/** Where a daemon tells its status. */
export interface StatusSettings {
  readonly status: string;
  readonly statusTokenFile?: string;
}

export interface StatusPlace {
  readonly address: StatusAddress;
  readonly token: string | undefined;
}

export function addStatusOptions(command: Command): void {
  command.optionsGroup('Status:');
  command
    .addOption(
      new Option('--status <address>', 'where the status is served: HOST:PORT, unix//PATH (mode as |0660), or off')
        .argParser((text) => (text === 'off' ? text : checked(text)))
        .default(usualStatusAddress),
    )
    .option('--status-token-file <file>', 'what those who ask must bring; needed where not only this machine can ask');
}

/** Which daemon is asked. */
export interface AddressSettings {
  readonly address?: string;
  readonly statusTokenFile?: string;
}

export function addAddressOptions(command: Command): void {
  command.optionsGroup('The daemon:');
  command
    .addOption(
      new Option(
        '--address <address>',
        `where it tells its status: HOST:PORT or unix//PATH; as CADDYCTL_STATUS says, or ${usualStatusAddress}`,
      ).argParser(checked),
    )
    .option('--status-token-file <file>', 'its token, where it asks for one');
}

/** In a container of the daemon's, the variable that says where it tells its status is set already. */
export async function askedPlace(settings: AddressSettings, env: NodeJS.ProcessEnv): Promise<StatusPlace> {
  const known = env['CADDYCTL_STATUS'] ?? '';
  if (settings.address === undefined && known === 'off') {
    throw new Failure(exitCodes.usage, 'CADDYCTL_STATUS says that the status is off', 'say where with --address');
  }
  const address = addressOf(settings.address ?? (known || usualStatusAddress));
  return { address, token: await readToken(settings.statusTokenFile) };
}

/** What no route may reach: a port where the status is told. A socket is how a route of the operator's may show it. */
export function statusDials({ status }: Pick<StatusSettings, 'status'>): string[] {
  const address = status === 'off' ? undefined : addressOf(status);
  return address?.kind === 'tcp' ? [dialOf(address)] : [];
}

/** Undefined where it is off. Ends the command where strangers could look. */
export async function statusPlaceOf(settings: StatusSettings): Promise<StatusPlace | undefined> {
  if (settings.status === 'off') return undefined;
  const address = addressOf(settings.status);
  const token = await readToken(settings.statusTokenFile);
  if (token === undefined && address.kind === 'tcp' && !address.isLoopback) {
    throw new Failure(
      exitCodes.usage,
      `the status would be open to everybody who reaches ${address.text}`,
      'give it a --status-token-file, or listen on 127.0.0.1 or a Unix socket and let Caddy or an agent ask there',
    );
  }
  return { address, token };
}

/** An address that was checked. */
function addressOf(text: string): StatusAddress {
  const parsed = parseStatusAddress(text);
  if (!parsed.ok) throw new Failure(exitCodes.usage, parsed.message, parsed.hint);
  return parsed.address;
}

/** For a flag's value: the text itself, as it was typed. */
function checked(text: string): string {
  const parsed = parseStatusAddress(text);
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.message}: ${parsed.hint}.`);
  return text;
}

/** The token in a file, without the white space around it. */
async function readToken(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const { readFile } = await import('node:fs/promises');
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    const { systemReason } = await import('../files/problem.ts');
    throw new Failure(exitCodes.usage, `${path} cannot be read: ${systemReason(error)}`);
  }
  if (/^[\x21-\x7e]{16,512}$/.test(text)) return text;
  throw new Failure(
    exitCodes.usage,
    `${path} holds no token: 16 to 512 printable characters without blanks`,
    'make one: openssl rand -hex 32',
  );
}
