import { parseAddress } from '../../src/admin/address.ts';
import { type AdminOptions, createAdmin } from '../../src/admin/client.ts';
import { AdminError, type AdminFailure } from '../../src/admin/errors.ts';
import type { AdminPort } from '../../src/admin/port.ts';

/** A client of its own for an address as `--admin` takes it. */
export function adminFor(address: string, options: AdminOptions = {}): AdminPort {
  const parsed = parseAddress(address);
  if (!parsed.ok) throw new Error(parsed.message);
  return createAdmin(parsed.address, options);
}

/** What a call failed with; throws if it did not, or with something else than an `AdminError`. */
export async function failureOf(call: Promise<unknown>): Promise<AdminFailure> {
  return (await errorOf(call)).failure;
}

export async function errorOf(call: Promise<unknown>): Promise<AdminError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof AdminError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}
