import { exitCodes, type ExitCode } from './exit-codes.ts';
import type { Failure } from './failure.ts';

/** How every document says that its command failed. */
interface ErrorPart {
  readonly error?: { readonly code: string; readonly exit: ExitCode; readonly message: string; readonly hint?: string };
}

/** The part of a document for programs that holds the failure; nothing where there is none. */
export function errorPart(failure: Failure | undefined): ErrorPart {
  if (failure === undefined) return {};
  const { exitCode: exit, message, hint } = failure;
  return { error: { code: codeOf(exit), exit, message, ...(hint !== undefined && { hint }) } };
}

/** `checks-failed` */
function codeOf(exit: ExitCode): string {
  const [name = ''] = Object.entries(exitCodes).find(([, code]) => code === exit) ?? [];
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
