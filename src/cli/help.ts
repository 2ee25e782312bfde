import type { Command, Option } from 'commander';
import { variableOf } from './environment.ts';

/** Gives the program's help, and that of its commands, their form: flags with their variables, the exit codes at the end. */
export function configureHelp(program: Command): void {
  program
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .showHelpAfterError('(caddyctl --help shows how it is used)')
    .configureHelp({
      showGlobalOptions: true,
      // Of the program itself they are its own options.
      visibleGlobalOptions: (command): Option[] =>
        command === program ? [] : program.options.filter((option) => option.long !== '--version'),
      optionDescription: describe,
    })
    .addHelpText('after', exitCodeHelp);
}

function describe(option: Option): string {
  const given = option.defaultValueDescription ?? (option.defaultValue as string | number | boolean | undefined);
  const notes = [
    ...(option.argChoices === undefined ? [] : [option.argChoices.join(', ')]),
    ...(given === undefined || typeof given === 'boolean' ? [] : [`default: ${given}`]),
    ...[variableOf(option) ?? []].flat(),
  ];
  return notes.length === 0 ? option.description : `${option.description} (${notes.join('; ')})`;
}

/** The part of a command's help that shows it at work: pairs of a command line and what it is for. */
export function addExamples(command: Command, examples: readonly (readonly [line: string, purpose: string])[]): void {
  const lines = examples.map(([line, purpose]) => `  $ ${line}\n      ${purpose}`);
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

const exitCodeHelp = `
Exit codes:
  0         done, or nothing to do
  1         unexpected error
  2         changes, drift or trouble present (only with --detailed-exitcode or --check)
  3         policies invalid
  4         Caddy, or the daemon, not reachable, not authorised, or too old
  5         conflict: someone else changed or owns it
  6         Caddy rejected the config; nothing changed
  7         checks failed; after a push: rolled back
  8         rollback failed: a person is needed
  9         refused: by a guard (empty set, too many deletions), or at the prompt
  64        usage
  130, 143  interrupted

Every flag is also the variable of the environment that stands with it; the flag wins.`;
