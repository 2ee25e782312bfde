import { Argument } from 'commander';
import type { CommandModule } from '../command.ts';
import type { Model } from '../completion/model.ts';
import { exitCodes } from '../exit-codes.ts';
import { addExamples } from '../help.ts';

export const completion: CommandModule<object> = {
  define(command) {
    command.addArgument(new Argument('<shell>', 'whose completion').choices(['bash', 'zsh', 'fish']));
    addExamples(command, [
      ['source <(caddyctl completion bash)', 'for this session; put the line into ~/.bashrc to keep it'],
      ['caddyctl completion zsh > "${fpath[1]}/_caddyctl"', 'for each new session of zsh'],
      ['caddyctl completion fish > ~/.config/fish/completions/caddyctl.fish', 'for each new session of fish'],
    ]);
  },
  async run({ operands, output, wholeProgram }) {
    const { modelOf } = await import('../completion/model.ts');
    const model = modelOf(await wholeProgram());
    await output.text(await script(operands[0] as 'bash' | 'zsh' | 'fish', model));
    return exitCodes.done;
  },
};

async function script(shell: 'bash' | 'zsh' | 'fish', model: Model): Promise<string> {
  switch (shell) {
    case 'bash':
      return (await import('../completion/bash.ts')).bashCompletion(model);
    case 'zsh':
      return (await import('../completion/zsh.ts')).zshCompletion(model);
    case 'fish':
      return (await import('../completion/fish.ts')).fishCompletion(model);
    default:
      throw new Error(`unknown shell: ${String(shell satisfies never)}`);
  }
}
