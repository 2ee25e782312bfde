import { Argument, type Command } from 'commander';

/** The argument that all commands over policies take. */
export function addPaths(command: Command): void {
  command.addArgument(
    new Argument('[path...]', 'files and folders of policies, - for standard input').default([], 'policies/'),
  );
}

/** The paths typed, or the default ones. */
export function pathsOf(operands: readonly string[]): readonly string[] {
  return operands.length === 0 ? ['policies/'] : operands;
}
