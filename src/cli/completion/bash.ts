import type { Flag, Model, Values } from './model.ts';

/** For bash 3.2 and newer, with nothing else installed. */
export function bashCompletion({ flags, verbs }: Model): string {
  const withValue = [...flags, ...verbs.flatMap((verb) => verb.flags)].filter(({ values }) => values !== undefined);
  const names = (list: readonly Flag[]): string => list.flatMap((flag) => flag.names).join(' ');
  return `# bash completion for caddyctl: source it, or put it into bash-completion's folder.

_caddyctl() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} verb='' flags word i
  # bash takes the = of --flag=value for a word of its own.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi

  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
      ${[...new Set(withValue.flatMap((flag) => flag.names))].join(' | ')}) ((i++)) ;;
      ${verbs.map(({ name }) => name).join(' | ')})
        verb=$word
        break
        ;;
    esac
  done

  case $verb:$prev in
${[...valueCases('*', flags), ...verbs.flatMap((verb) => valueCases(verb.name, verb.flags))].join('\n')}
  esac

  case $verb in
    '') flags='${names(flags)}' ;;
${verbs.map((verb) => `    ${verb.name}) flags='${names([...verb.flags, ...flags])}' ;;`).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    _caddyctl_words "$flags"
    return
  fi

  case $verb in
    '') _caddyctl_words '${verbs.map(({ name }) => name).join(' ')}' ;;
${verbs.map((verb) => `    ${verb.name}) ${offer(verb.operands)} ;;`).join('\n')}
  esac
}

_caddyctl_words() {
  # Without words there is nothing to offer, not even files.
  compopt +o default 2> /dev/null
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
}

# With nothing in COMPREPLY bash completes files.
complete -o default -F _caddyctl caddyctl
`;
}

function valueCases(verb: string, flags: readonly Flag[]): readonly string[] {
  return flags.flatMap(({ names, values }) =>
    values === undefined
      ? []
      : [
          `    ${names.map((name) => `${verb}:${name}`).join(' | ')})`,
          `      ${offer(values)}`,
          '      return',
          '      ;;',
        ],
  );
}

function offer(values: Values): string {
  switch (values) {
    case 'files':
      return 'COMPREPLY=()';
    case 'none':
      return "_caddyctl_words ''";
    default:
      return `_caddyctl_words '${values.join(' ')}'`;
  }
}
