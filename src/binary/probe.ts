import { CommandFailed, runCommand } from './run.ts';
import { isAtLeast, parseBuildInfo, parseVersion } from './version.ts';

export type Probed =
  | { readonly kind: 'usable'; readonly version: string }
  | { readonly kind: 'unusable'; readonly reason: string };

export interface ProbeOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Versions before this one are unusable. */
  readonly oldest: string;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the executable at `path` for its version. Throws only the signal's reason; all that is wrong with the file is a reason. */
export async function probeCaddy(path: string, { env, oldest, signal }: ProbeOptions): Promise<Probed> {
  const ask = (question: string): Promise<string | CommandFailed> =>
    runCommand(path, [question], { env, signal, timeoutMs: 15_000 }).catch(failure);
  const printed = await ask('version');
  if (printed instanceof CommandFailed) return { kind: 'unusable', reason: printed.message };
  let version = parseVersion(printed);
  if (version === undefined) {
    const info = await ask('build-info');
    version = info instanceof CommandFailed ? undefined : parseBuildInfo(info);
  }
  if (version === undefined) {
    const firstLine = printed.trimStart().split('\n', 1).join('').slice(0, 60);
    return { kind: 'unusable', reason: `\`caddy version\` printed no version: ${JSON.stringify(firstLine)}` };
  }
  if (!isAtLeast(version, oldest)) {
    return { kind: 'unusable', reason: `version ${version} is older than ${oldest}` };
  }
  return { kind: 'usable', version };
}

function failure(error: unknown): CommandFailed {
  if (error instanceof CommandFailed) return error;
  throw error;
}
