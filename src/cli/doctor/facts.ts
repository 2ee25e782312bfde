import type { AdminAddress } from '../../admin/address.ts';
import type { Inspection } from '../../admin/inspect.ts';
import { isJsonObject, type JsonObject } from '../../caddy/json.ts';

/** Where the admin API was asked, and what it told. */
export interface AdminFacts {
  readonly address: AdminAddress;
  readonly inspection: Inspection;
}

/** The `admin` part of the live config. */
export function adminBlock({ config }: Inspection): JsonObject {
  const admin = isJsonObject(config) ? config['admin'] : undefined;
  return isJsonObject(admin) ? admin : {};
}

/** What an admin API should be told to listen on. */
export const socketAddress = 'unix//run/caddy/admin.sock|0660';
