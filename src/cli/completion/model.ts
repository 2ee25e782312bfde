import type { Argument, Command, Option } from 'commander';

/** What a shell offers for a value: words to choose from, files, or nothing that could be known. */
export type Values = readonly string[] | 'files' | 'none';

export interface Flag {
  /** `-o` and `--output`; the short one first where there is one. */
  readonly names: readonly string[];
  readonly description: string;
  /** Absent for a switch. */
  readonly values?: Values;
}

export interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  readonly operands: Values;
}

export interface Model {
  /** Flags of every verb. */
  readonly flags: readonly Flag[];
  readonly verbs: readonly Verb[];
}

export function modelOf(program: Command): Model {
  const help: Flag = { names: ['-h', '--help'], description: 'show help' };
  const verbs = program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    flags: flagsOf(command),
    operands: operandsOf(command.registeredArguments[0]),
  }));
  const names = verbs.map(({ name }) => name);
  return {
    flags: [...flagsOf(program), help],
    verbs: [...verbs, { name: 'help', summary: 'show help for a command', flags: [], operands: names }],
  };
}

function flagsOf(command: Command): readonly Flag[] {
  return command.options
    .filter((option) => !option.hidden)
    .map((option) => ({
      names: [option.short, option.long].filter((name) => name !== undefined && name !== null),
      description: option.description,
      ...(takesValue(option) && { values: option.argChoices ?? valuesNamed(/[<[]([a-z]+)/.exec(option.flags)?.[1]) }),
    }));
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function operandsOf(argument: Argument | undefined): Values {
  return argument === undefined ? 'none' : (argument.argChoices ?? valuesNamed(argument.name()));
}

/** What a placeholder in the help stands for: `<file>` and `[path...]` are files. */
function valuesNamed(name: string | undefined): Values {
  return name === 'file' || name === 'path' || name === 'folder' ? 'files' : 'none';
}
