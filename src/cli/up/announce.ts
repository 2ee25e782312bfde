import type { CaddyBinary } from '../../binary/find.ts';
import type { MadeUpSecret } from '../../daemon/made-up-secrets.ts';
import type { Served } from '../../daemon/served.ts';
import type { DaemonStatus } from '../../daemon/status/state.ts';
import type { Output } from '../output.ts';
import { advice, loginLines, quoted } from './advice.ts';
import { programName } from './program-name.ts';
import type { Provider } from './provider.ts';
import { aimFlags, type Meant, sameFlags, testFlags } from './same-flags.ts';
import type { UpSettings } from './settings.ts';
import { siteRows, type Summary, summaryAsJson, summaryText } from './summary.ts';

export interface AnnouncerParts {
  readonly binary: CaddyBinary;
  /** As `--admin` takes it. */
  readonly admin: string;
  readonly operands: readonly string[];
  readonly options: UpSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly provider: Provider;
}

export interface Announcer {
  /** Tells where everything is, once, and people what they can do now. */
  start(
    found: Pick<Summary, 'pid' | 'sites' | 'waiting' | 'former' | 'rootCertificate'>,
    status: DaemonStatus,
  ): Promise<void>;
  /** Tells people of the sites and logins that came with a save. */
  news(sites: readonly Served[]): void;
  /** How a plan that a guard refused is allowed once. */
  allowing(digest: string): string;
  /** How all checks are asked. */
  testing(): string;
}

export function createAnnouncer(output: Output, parts: AnnouncerParts): Announcer {
  const { binary, admin, options, env, provider } = parts;
  const program = programName(env, process.cwd());
  const meant = (): Meant => ({ admin, operands: parts.operands, options, target: provider.target() });
  let toldSites: ReadonlySet<string> | undefined;
  let toldLogins: ReadonlySet<string> = new Set();
  const keyOf = ({ variable, hosts, login }: MadeUpSecret): string => JSON.stringify([variable, hosts, login]);
  const keysOf = (sites: readonly Served[]): Set<string> => new Set(sites.map(({ host, url }) => `${host} ${url}`));

  return {
    allowing: (digest) => [program, 'apply', '--allow', digest, ...sameFlags(meant())].join(' '),
    testing: () => [program, 'test', ...testFlags(meant())].join(' '),
    async start(found, { problems }) {
      const summary: Summary = { ...found, binary, admin };
      await output.document(summaryAsJson(summary), () => summaryText(summary, output.color));
      toldSites = keysOf(found.sites);
      const madeUp = provider.madeUp();
      toldLogins = new Set(madeUp.map(keyOf));
      const isStatusServed = options.status !== 'off' && !problems.some(({ code }) => code === 'status-unavailable');
      const said = advice({
        sites: found.sites,
        madeUp,
        rootCertificate: found.rootCertificate,
        admin,
        caddy: binary.foundIn === 'PATH' ? 'caddy' : quoted(binary.path),
        program,
        flags: aimFlags(meant()).join(' '),
        watches: !parts.operands.includes('-'),
        status: isStatusServed && !options.status.startsWith('unix/') ? `http://${options.status}/` : undefined,
      });
      output.note(said.trimEnd());
    },
    news(sites) {
      if (toldSites === undefined) return;
      const before = toldSites;
      const rows = siteRows(sites.filter((site) => !before.has(`${site.host} ${site.url}`)));
      toldSites = keysOf(sites);
      for (const { where, policy } of rows) output.note(`  ${where}  ${policy}`);
      const known = toldLogins;
      const logins = provider.madeUp().filter((secret) => !known.has(keyOf(secret)));
      toldLogins = new Set([...known, ...logins.map(keyOf)]);
      for (const line of loginLines(logins)) output.note(`  ${line}`);
    },
  };
}
