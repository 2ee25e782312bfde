import type { CaddyBinary } from '../../binary/find.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';

export interface BinaryWanted {
  readonly obtain: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly cacheFolder: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The Caddy to start; ends the command with what to do where there is none. */
export async function caddyBinary({ obtain, env, cacheFolder, say, signal }: BinaryWanted): Promise<CaddyBinary> {
  const { CaddyBinUnusable, findCaddy } = await import('../../binary/find.ts');
  try {
    const found = await findCaddy({ env, cacheFolder, say });
    if (found !== undefined) return found;
  } catch (error) {
    throw error instanceof CaddyBinUnusable ? new Failure(exitCodes.unreachable, error.message) : error;
  }
  if (!obtain) {
    throw new Failure(
      exitCodes.unreachable,
      'there is no Caddy to start: none in CADDY_BIN, on the PATH or in the cache',
      'install Caddy 2.11 (https://caddyserver.com/docs/install), set CADDY_BIN to one, or let --obtain bring one',
    );
  }
  const { CaddyNotObtained } = await import('../../binary/not-obtained.ts');
  const { obtainCaddy } = await import('../../binary/obtain.ts');
  try {
    return await obtainCaddy({ cacheFolder, say, signal, env });
  } catch (error) {
    if (!(error instanceof CaddyNotObtained)) throw error;
    const reasons = error.attempts.map(({ way, reason }) => `${way}: ${reason}`).join('; ');
    throw new Failure(
      exitCodes.unreachable,
      `no Caddy could be obtained: ${reasons}`,
      'install Caddy 2.11 (https://caddyserver.com/docs/install) so that it is on the PATH, or set CADDY_BIN to one',
    );
  }
}
