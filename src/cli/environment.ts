import { CommanderError, InvalidArgumentError, type Command, type Option } from 'commander';

const ownVariables = new WeakMap<Option, string>();

/** For a flag that means something else than the flag of that name of other commands: their variable would be taken for both. */
export function withVariable(variable: string, option: Option): Option {
  ownVariables.set(option, variable);
  return option;
}

/** The variable that stands for a flag: `--http-port` is also `CADDYCTL_HTTP_PORT`. Help and version have none. */
export function variableOf(option: Option): string | undefined {
  const own = ownVariables.get(option);
  if (own !== undefined) return own;
  if (option.long === undefined || option.long === null || ['--help', '--version'].includes(option.long)) {
    return undefined;
  }
  return `CADDYCTL_${option.long.slice(2).replaceAll('-', '_').toUpperCase()}`;
}

/**
 * Gives each flag that was not typed the value of its variable. An empty variable counts as unset. Commander could do this,
 * but takes any value of a switch's variable, "0" and "false" too, as yes.
 */
export function applyEnvironment(command: Command, env: Readonly<Record<string, string | undefined>>): void {
  for (let at: Command | null = command; at !== null; at = at.parent) {
    for (const option of at.options) {
      const variable = variableOf(option);
      const text = variable === undefined ? undefined : env[variable];
      const key = option.attributeName();
      if (variable !== undefined && text !== undefined && text !== '' && at.getOptionValueSource(key) !== 'cli') {
        const value = valueOf(at, option, variable, text);
        if (value !== undefined) {
          at.setOptionValueWithSource(key, value, 'env');
        }
      }
    }
  }
}

function valueOf(command: Command, option: Option, variable: string, text: string): unknown {
  try {
    if (!option.required && !option.optional) {
      const on = booleanOf(text);
      return option.negate ? !on : on;
    }
    return option.parseArg === undefined ? text : option.parseArg(text, undefined);
  } catch (error) {
    if (error instanceof CommanderError) {
      command.error(`error: ${variable} has the value '${text}', which is invalid. ${error.message}`);
    }
    throw error;
  }
}

function booleanOf(text: string): boolean {
  switch (text.toLowerCase()) {
    case '1':
    case 'true':
    case 'yes':
    case 'on':
      return true;
    case '0':
    case 'false':
    case 'no':
    case 'off':
      return false;
    default:
      throw new InvalidArgumentError('Allowed choices are 1, true, yes, on, 0, false, no, off.');
  }
}
