import type { Command } from 'commander';
import type { Log, LogLevel } from '../log.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';
import type { SpecialFormat } from './settings.ts';
import type { Signals } from './signals.ts';

/** What a command may touch of the process, and what it was asked for. */
export interface Invocation<Options> {
  readonly operands: readonly string[];
  readonly options: Options;
  readonly output: Output;
  /** For its environment, standard input and terminal. What is written goes through `output`. */
  readonly process: NodeJS.Process;
  readonly log: Log;
  readonly signals: Signals;
  /** The whole program with every verb defined: what completion describes. */
  readonly wholeProgram: () => Promise<Command>;
}

/**
 * One verb. `define` adds its arguments, flags and examples and must stay cheap: help and completion call it for all verbs.
 * `run` loads what it needs.
 */
export interface CommandModule<Options> {
  /** How much is logged where nobody says; a command that goes on for long tells of what it does. */
  readonly logLevel?: LogLevel;
  /** Forms of its document beside text, JSON and YAML. */
  readonly formats?: readonly SpecialFormat[];
  define(command: Command): void;
  run(invocation: Invocation<Options>): Promise<ExitCode>;
}
