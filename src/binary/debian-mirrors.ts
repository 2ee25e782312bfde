import { runCommand } from './run.ts';

const mostMirrors = 3;

// Without release information the list is also complete where `apt-get update` never ran, as in a fresh container.
const listTargets = [
  '--option=APT::Get::IndexTargets::ReleaseInfo=false',
  'indextargets',
  '--format=$(REPO_URI) $(RELEASE)',
  'Created-By: Packages',
  'Component: main',
];

/**
 * The mirrors of Debian's main archive in this machine's sources, the likeliest first. Empty if there are none.
 * Throws CommandFailed, with the code ENOENT if there is no apt-get.
 */
export async function debianMirrors(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<readonly string[]> {
  const listing = await runCommand('apt-get', listTargets, {
    env: { ...env, LC_ALL: 'C' },
    signal,
    timeoutMs: 30_000,
  });
  const uris = listing
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([uri = '', release = '']) => uri !== '' && !uri.startsWith('cdrom:') && !release.endsWith('-security'))
    .map(([uri = '']) => uri);
  const likely = (uri: string): boolean => /\/debian(\.list)?\/?$/.test(uri);
  const unique = [...new Set(uris)];
  return [...unique.filter(likely), ...unique.filter((uri) => !likely(uri))].slice(0, mostMirrors);
}
