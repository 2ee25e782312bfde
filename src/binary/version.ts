/** Debian's build prints `2.11.4`, Caddy's own `v2.11.4 h1:…`. */
const printed = /^v?(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(?:\+\S*)?(?:\s|$)/;

/** The version in what `caddy version` printed, without the `v` (`2.11.4`, `2.11.0-beta.1`), or undefined if it names none. */
export function parseVersion(output: string): string | undefined {
  const match = printed.exec(output.trimStart());
  if (match === null) return undefined;
  const [, major, minor, patch, pre = ''] = match;
  return `${major}.${minor}.${patch}${pre}`;
}

/**
 * The version in what `caddy build-info` printed. A Caddy by `go install` calls itself `unknown`, and one from a
 * working tree by its commit, because `caddy version` looks only at what the program depends on and not at the program.
 */
export function parseBuildInfo(output: string): string | undefined {
  const module = /^(?:mod|dep)\tgithub\.com\/caddyserver\/caddy\/v2\t(\S+)/m.exec(output);
  return module?.[1] === undefined ? undefined : parseVersion(module[1]);
}

/** Whether `version` is `oldest` or newer. A pre-release counts as older than its release and as newer than all before it. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [have, want] = [ranks(version), ranks(oldest)];
  const at = have.findIndex((rank, index) => rank !== want[index]);
  return at < 0 || (have[at] ?? 0) > (want[at] ?? 0);
}

function ranks(version: string): readonly number[] {
  const dash = version.indexOf('-');
  const numbers = (dash < 0 ? version : version.slice(0, dash)).split('.').map(Number);
  return [...numbers, dash < 0 ? 1 : 0];
}
