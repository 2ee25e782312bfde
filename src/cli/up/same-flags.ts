import type { Target } from '../../caddy/target.ts';
import { quoted } from './advice.ts';
import type { UpSettings } from './settings.ts';

/** The Caddy that runs here, and what it is given. */
export interface Meant {
  /** As `--admin` takes it. */
  readonly admin: string;
  readonly operands: readonly string[];
  readonly options: Pick<UpSettings, 'local' | 'stateDir'>;
  readonly target: Pick<Target, 'owner' | 'httpPort' | 'httpsPort' | 'internalCa'>;
}

/** For another command that is to mean the same Caddy and its history. Of a local one the record says the rest. */
export function aimFlags(meant: Meant): string[] {
  const { options, admin } = meant;
  const state = options.stateDir === undefined ? [] : ['--state-dir', quoted(options.stateDir)];
  return options.local ? ['--local', ...state] : ['--admin', quoted(admin), ...ownerFlag(meant), ...state];
}

/** For one that is to make the same of the same policies, too. */
export function sameFlags(meant: Meant): string[] {
  return [...aimFlags(meant), ...policyFlags(meant)];
}

/** For `test`, which asks the sites and not the admin API. */
export function testFlags(meant: Meant): string[] {
  return meant.options.local ? sameFlags(meant) : [...ownerFlag(meant), ...policyFlags(meant)];
}

function policyFlags({ options, target, operands }: Meant): string[] {
  const { httpPort, httpsPort, internalCa } = target;
  const ports = [
    ...(httpPort === 80 ? [] : ['--http-port', `${httpPort}`]),
    ...(httpsPort === 443 ? [] : ['--https-port', `${httpsPort}`]),
    ...(internalCa ? ['--internal-ca'] : []),
  ];
  const paths = operands.filter((path) => path !== 'policies/' && path !== 'policies').map(quoted);
  return [...(options.local ? [] : ports), ...paths];
}

function ownerFlag({ target: { owner } }: Meant): string[] {
  return owner === 'default' ? [] : ['--owner', owner];
}
