import { CommandFailed, runCommand } from './run.ts';
import { isAtLeast, parseVersion } from './version.ts';

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
  let output: string;
  try {
    output = await runCommand(path, ['version'], { env, signal, timeoutMs: 15_000 });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return { kind: 'unusable', reason: error.message };
  }
  const version = parseVersion(output);
  if (version === undefined) {
    const firstLine = output.trimStart().split('\n', 1).join('').slice(0, 60);
    return { kind: 'unusable', reason: `\`caddy version\` printed no version: ${JSON.stringify(firstLine)}` };
  }
  if (!isAtLeast(version, oldest)) {
    return { kind: 'unusable', reason: `version ${version} is older than ${oldest}` };
  }
  return { kind: 'usable', version };
}
