import { join } from 'node:path';
import { pinnedVersion } from './pinned.ts';
import { runCommand } from './run.ts';
import type { Way } from './way.ts';

const caddyModule = 'github.com/caddyserver/caddy/v2';
const timeoutMs = 20 * 60_000;

/** Builds the pinned version. Go checks the source against its checksum database, as the user's own settings say. */
export const byGo: Way = {
  name: 'by go install',
  async bring({ folder, env, say, check, signal }) {
    await runCommand('go', ['version'], { env, signal, timeoutMs: 60_000 });
    say(`obtaining Caddy ${pinnedVersion} by go install (builds it from source: some minutes) …`);
    // A user who cross-compiles has GOOS set, and go refuses that together with GOBIN. Without cgo no C compiler is needed.
    const { GOOS: _os, GOARCH: _arch, ...rest } = env;
    const goEnv = { ...rest, GOBIN: folder, GOTMPDIR: folder, CGO_ENABLED: '0' };
    // Without this, `caddy version` of such a build says "unknown".
    const named = `-ldflags=-X ${caddyModule}.CustomVersion=v${pinnedVersion}`;
    const install = ['install', named, `${caddyModule}/cmd/caddy@v${pinnedVersion}`];
    await runCommand('go', install, { env: goEnv, cwd: folder, signal, timeoutMs });
    return check(join(folder, 'caddy'));
  },
};
