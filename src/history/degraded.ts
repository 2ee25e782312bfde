import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { FolderUnusable } from '../files/private-folder.ts';
import { fileProblem, systemReason } from '../files/problem.ts';
import { HistoryDamaged } from './history.ts';

/** That the history cannot do its work and why, as a warning; throws what is no fault of the state folder. */
export function degraded(folder: string, error: unknown): Diagnostic {
  if (error instanceof FolderUnusable || error instanceof HistoryDamaged) return warning(folder, error.message);
  if (error instanceof Error && 'syscall' in error) return warning(folder, systemReason(error));
  throw error;
}

/** What stands in the history and was skipped. */
export function skipped(folder: string, problems: readonly string[]): Diagnostic[] {
  return problems.map((problem) => warning(folder, problem));
}

function warning(folder: string, reason: string): Diagnostic {
  return fileProblem('history-degraded', folder, `the history is degraded: ${reason}`, {
    severity: 'warning',
    hint: 'what Caddy serves does not depend on it; only `history` and `rollback` do',
  });
}
