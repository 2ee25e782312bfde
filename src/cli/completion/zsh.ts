import type { Flag, Model, Values } from './model.ts';

/** For zsh's completion system; works both below `fpath` as `_caddyctl` and sourced after `compinit`. */
export function zshCompletion({ flags, verbs }: Model): string {
  const described = verbs.map(({ name, summary }) => `      ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`);
  const cases = verbs.map((verb) => {
    const operand =
      verb.operands === 'none'
        ? []
        : [quoted(`*:${verb.name === 'help' ? 'command' : 'path'}:${action(verb.operands)}`)];
    const specs = [...[...verb.flags, ...flags].map(spec), ...operand];
    return `        ${verb.name})\n          _arguments -s \\\n            ${specs.join(' \\\n            ')}\n          ;;`;
  });
  return `#compdef caddyctl
# zsh completion for caddyctl: put it into a folder of fpath as _caddyctl, or source it after compinit.

_caddyctl() {
  local curcontext=$curcontext state line
  local -a verbs
  _arguments -C -s \\
    ${flags.map(spec).join(' \\\n    ')} \\
    '1: :->verb' \\
    '*:: :->rest'
  case $state in
    verb)
      verbs=(
${described.join('\n')}
      )
      _describe command verbs
      ;;
    rest)
      case $line[1] in
${cases.join('\n')}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _caddyctl ]]; then
  _caddyctl "$@"
else
  compdef _caddyctl caddyctl
fi
`;
}

function spec({ names, description, values }: Flag): string {
  const text = description.replaceAll(/[[\]:\\]/g, (character) => `\\${character}`);
  const value = values === undefined ? '' : `:value:${action(values)}`;
  const [first = '', second] = names;
  if (second === undefined) {
    return quoted(`${first}${values === undefined ? '' : '='}[${text}]${value}`);
  }
  const long = values === undefined ? second : `${second}=`;
  return `'(${first} ${second})'{${first},${long}}${quoted(`[${text}]${value}`)}`;
}

function action(values: Values): string {
  switch (values) {
    case 'files':
      return '_files';
    case 'none':
      return ' ';
    default:
      return `(${values.join(' ')})`;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
