import type { ExitCode } from './exit-codes.ts';

/** Ends a command with a sentence for its operator, and no stack. What policies do wrong are diagnostics instead. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(exitCode: ExitCode, message: string, hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** Where the diagnostics say it all to people; a program is told that they do. */
export function mistakes(exitCode: ExitCode): Failure {
  return new Failure(exitCode, 'there are mistakes: see the diagnostics');
}
