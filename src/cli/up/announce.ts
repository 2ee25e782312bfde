import type { Target } from '../../caddy/target.ts';
import type { MadeUpSecret } from '../../daemon/made-up-secrets.ts';
import type { Output } from '../output.ts';
import { advice, quoted } from './advice.ts';
import type { UpSettings } from './settings.ts';
import { type Summary, summaryAsJson, summaryText } from './summary.ts';

export interface Announcement extends Summary {
  readonly madeUp: readonly MadeUpSecret[];
  readonly target: Target;
  readonly operands: readonly string[];
  readonly options: UpSettings;
  readonly env: NodeJS.ProcessEnv;
}

/** Tells where everything is, once, and people what they can do now. */
export async function announce(output: Output, announcement: Announcement): Promise<void> {
  const { binary, sites, madeUp, rootCertificate, admin, env } = announcement;
  await output.document(summaryAsJson(announcement), () => summaryText(announcement, output.color));
  output.note(
    advice({
      sites,
      madeUp,
      rootCertificate,
      admin,
      caddy: binary.foundIn === 'PATH' ? 'caddy' : quoted(binary.path),
      // In a clone the program is not on the PATH, and npm knows where it is.
      program: env['npm_lifecycle_event'] === undefined ? 'caddyctl' : 'npx caddyctl',
      flags: sameFlags(announcement),
    }).trimEnd(),
  );
}

/** What makes another command mean the same Caddy, ports and policies. */
function sameFlags({ options, target, admin, operands }: Announcement): string {
  const paths = operands.filter((path) => path !== 'policies/' && path !== 'policies').map(quoted);
  const local = ['--local', ...(options.stateDir === undefined ? [] : ['--state-dir', quoted(options.stateDir)])];
  const remote = [
    '--admin',
    quoted(admin),
    ...(target.httpPort === 80 ? [] : ['--http-port', `${target.httpPort}`]),
    ...(target.httpsPort === 443 ? [] : ['--https-port', `${target.httpsPort}`]),
    ...(target.internalCa ? ['--internal-ca'] : []),
    ...(target.owner === 'default' ? [] : ['--owner', target.owner]),
  ];
  return [...(options.local ? local : remote), ...paths].join(' ');
}
