import type { Owners } from '../ir/owners/owners.ts';
import type { Capabilities } from './capabilities.ts';

/** What the config is made for: everything that changes it beside the policies. */
export interface Target {
  /** Marks what is ours in a shared Caddy. */
  readonly owner: string;
  /** The ports of plain http and of https. */
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Where to listen in place of an address that a policy or a port names: on a laptop `:8443` is loopback only. */
  readonly listen?: ReadonlyMap<string, readonly string[]>;
  /** Every certificate from Caddy's internal CA: for a laptop, where no public CA reaches. */
  readonly internalCa: boolean;
  /** How routes are laid out; `auto` where it is not said. */
  readonly layout?: 'plain' | 'auto';
  /** Files that hold secrets in place of variables: on a laptop, what was made up for those that nobody set. */
  readonly secretFiles?: ReadonlyMap<string, string>;
  /** caddyctl's environment, for `${NAME}`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The path of the operator's file that says who may do what in the policies; absent where all are one's own. */
  readonly ownersFile?: string;
  /** What it says, read anew whenever the policies are. */
  readonly owners?: Owners;
  /** Absent when there is no Caddy to ask. */
  readonly running?: RunningCaddy;
  /** Dial addresses of Caddy's admin API, which no route may reach. */
  readonly adminAddresses?: readonly string[];
  /** The same of our own status, where it is not at its usual place. */
  readonly statusAddresses?: readonly string[];
}

export interface RunningCaddy {
  readonly capabilities: Capabilities;
  /** Directives of third-party modules that it has, of those that a policy can ask for. */
  readonly modules: ReadonlySet<string>;
}
