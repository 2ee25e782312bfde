import type { AdminAddress } from '../admin/address.ts';
import type { AdminOptions } from '../admin/client.ts';
import type { AdminPort } from '../admin/port.ts';
import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';
import type { AdminSettings } from './settings.ts';

export interface OpenedAdmin {
  readonly admin: AdminPort;
  /** As routes would dial it: none may lead there. */
  readonly dialAddresses: readonly string[];
}

export interface AdminPlace extends AdminOptions {
  readonly address: AdminAddress;
}

/** The client for the admin API that the flags name. Sends nothing yet; ends the command where a flag cannot be meant. */
export async function openAdmin(settings: AdminSettings): Promise<OpenedAdmin> {
  const { address, ...options } = await adminPlace(settings);
  const { createAdmin } = await import('../admin/client.ts');
  return { admin: createAdmin(address, options), dialAddresses: dialAddresses(address) };
}

/** Where it is, and by what it is asked; ends the command in the same way. */
export async function adminPlace(settings: AdminSettings): Promise<AdminPlace> {
  const { parseAddress } = await import('../admin/address.ts');
  const parsed = parseAddress(settings.admin);
  if (!parsed.ok) throw new Failure(exitCodes.usage, parsed.message, parsed.hint);
  const [cert, key, ca] = await Promise.all([settings.cert, settings.key, settings.ca].map(readPem));
  return { address: parsed.address, tls: { cert, key, ca }, timeouts: { answer: settings.timeout } };
}

async function readPem(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const { readFile } = await import('node:fs/promises');
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { systemReason } = await import('../files/problem.ts');
    throw new Failure(exitCodes.usage, `${path} cannot be read: ${systemReason(error)}`);
  }
}

function dialAddresses(address: AdminAddress): string[] {
  if (address.kind === 'unix') return [`unix/${address.path}`];
  const { hostname, port, protocol } = new URL(address.origin);
  const number = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  const names = isLoopback ? ['localhost', '127.0.0.1', '[::1]'] : [];
  return [...new Set([hostname, ...names])].map((name) => `${name}:${number}`);
}
