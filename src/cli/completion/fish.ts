import type { Flag, Model, Values } from './model.ts';

/** For fish 3 and newer. */
export function fishCompletion({ flags, verbs }: Model): string {
  const lines = [
    "# fish completion for caddyctl: put it into fish's completions folder as caddyctl.fish.",
    'complete -c caddyctl -f',
    ...flags.map((flag) => flagLine(flag, undefined)),
  ];
  for (const verb of verbs) {
    lines.push(
      '',
      `complete -c caddyctl -n __fish_use_subcommand -a ${verb.name} -d ${quoted(verb.summary)}`,
      ...verb.flags.map((flag) => flagLine(flag, verb.name)),
    );
    if (verb.operands === 'files') {
      lines.push(`complete -c caddyctl -n ${seen(verb.name)} -F`);
    } else if (verb.operands !== 'none') {
      lines.push(`complete -c caddyctl -n ${seen(verb.name)} -a ${quoted(verb.operands.join(' '))}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function flagLine({ names, description, values }: Flag, verb: string | undefined): string {
  return [
    'complete -c caddyctl',
    ...(verb === undefined ? [] : [`-n ${seen(verb)}`]),
    ...names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)),
    ...(values === undefined ? [] : [offer(values)]),
    `-d ${quoted(description)}`,
  ].join(' ');
}

function seen(verb: string): string {
  return `'__fish_seen_subcommand_from ${verb}'`;
}

function offer(values: Values): string {
  switch (values) {
    case 'files':
      return '-r -F';
    case 'none':
      return '-x';
    default:
      return `-x -a ${quoted(values.join(' '))}`;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
