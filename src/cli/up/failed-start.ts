import type { Result } from '../../daemon/watch/result.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { Failure } from '../failure.ts';

/** Why the first pass did not come to serve. The Caddy that was started for it is stopped again. */
export function failureOfStart({ kind, message, hint }: Result): Failure {
  if (kind === 'invalid') return new Failure(exitCodes.invalid, 'this Caddy cannot serve these policies');
  if (kind === 'rejected') return new Failure(exitCodes.rejected, 'Caddy rejected the config');
  const codes: Readonly<Partial<Record<Result['kind'], ExitCode>>> = {
    conflict: exitCodes.conflict,
    overtaken: exitCodes.conflict,
    refused: exitCodes.refused,
    'rolled-back': exitCodes.checksFailed,
    'rollback-failed': exitCodes.rollbackFailed,
    unreachable: exitCodes.unreachable,
  };
  return new Failure(codes[kind] ?? exitCodes.unexpected, message, hint);
}
