import { mkdir, mkdtemp, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { debianMirrors } from './debian-mirrors.ts';
import { runCommand } from './run.ts';
import type { WayContext } from './way.ts';

/** What Debian's keyring package installs; the narrowest first. */
export const debianKeyrings: readonly string[] = [
  '/usr/share/keyrings/debian-archive-trixie-automatic.gpg',
  '/usr/share/keyrings/debian-archive-trixie-automatic.pgp',
  '/usr/share/keyrings/debian-archive-keyring.gpg',
  '/usr/share/keyrings/debian-archive-keyring.pgp',
];

const timeoutMs = 180_000;

/** Where a package is taken from. */
export interface DebianSource {
  readonly mirror: string;
  readonly suite: string;
  readonly keyring: string;
}

type Surroundings = Pick<WayContext, 'folder' | 'env' | 'signal'>;

/** The mirrors that this machine's apt knows. Throws an Error whose message says in one line why there are none to be used. */
export async function debianSources(
  { env, signal }: Pick<Surroundings, 'env' | 'signal'>,
  keyrings: readonly string[],
): Promise<readonly Omit<DebianSource, 'suite'>[]> {
  const mirrors = await debianMirrors(env, signal);
  if (mirrors.length === 0) throw new Error("this machine's apt knows no Debian mirror");
  const keyring = await firstExisting(keyrings);
  if (keyring === undefined) throw new Error("Debian's archive keyring is not installed");
  return mirrors.map((mirror) => ({ mirror, keyring }));
}

/**
 * Downloads a package of Debian and unpacks it without installing it, and gives the folder of what is in it. apt keeps all its
 * state in a folder of ours, and checks Debian's signature. Throws CommandFailed.
 */
export async function unpackPackage(
  { folder, env, signal }: Surroundings,
  source: DebianSource,
  name: string,
): Promise<string> {
  const home = await mkdtemp(join(folder, 'apt-'));
  for (const needed of ['lists/partial', 'archives/partial', 'state', 'package']) {
    await mkdir(join(home, needed), { recursive: true });
  }
  const options = { env: { ...env, LC_ALL: 'C' }, cwd: home, signal, timeoutMs };
  const architecture = (await runCommand('dpkg', ['--print-architecture'], options)).trim();
  const terms = `signed-by=${source.keyring} arch=${architecture} target=Packages lang=none`;
  await writeFile(join(home, 'sources.list'), `deb [${terms}] ${source.mirror} ${source.suite} main\n`);
  await writeFile(join(home, 'status'), '');
  await writeFile(join(home, 'apt.conf'), hooksOff);
  const apt = ['-q', '-c', join(home, 'apt.conf'), ...settings(home).flatMap((setting) => ['-o', setting])];
  await runCommand('apt-get', [...apt, 'update'], options);
  await runCommand('apt-get', [...apt, 'download', name], options);
  const packages = (await readdir(home)).filter((file) => file.endsWith('.deb'));
  await runCommand('dpkg-deb', ['--extract', ...packages, join(home, 'package')], options);
  return join(home, 'package');
}

/** Hooks of the machine's own configuration would run on `update` and work on the machine's real lists and caches. */
const hooksOff = `
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
`;

/** Proxies, certificates and logins stay the machine's; state, sources, pins and anything that would weaken the signature check do not. */
function settings(home: string): readonly string[] {
  return [
    `Dir::Etc::SourceList=${home}/sources.list`,
    'Dir::Etc::SourceParts=/dev/null',
    'Dir::Etc::Preferences=/dev/null',
    'Dir::Etc::PreferencesParts=/dev/null',
    `Dir::State=${home}/state`,
    `Dir::State::Lists=${home}/lists`,
    `Dir::State::status=${home}/status`,
    `Dir::Cache=${home}`,
    `Dir::Cache::archives=${home}/archives`,
    'APT::Sandbox::User=',
    'APT::Default-Release=',
    'APT::Update::Error-Mode=any',
    'APT::Get::AllowUnauthenticated=false',
    'Acquire::AllowInsecureRepositories=false',
    'Acquire::AllowWeakRepositories=false',
    'Acquire::AllowDowngradeToInsecureRepositories=false',
    'Acquire::Retries=1',
  ];
}

async function firstExisting(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if ((await stat(path).catch(() => undefined)) !== undefined) return path;
  }
  return undefined;
}
