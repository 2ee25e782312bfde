import type { CommandModule } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { addExamples } from '../help.ts';
import { programVersion } from '../version.ts';

export const version: CommandModule<object> = {
  define(command) {
    addExamples(command, [
      ['caddyctl version', 'the version, Node and platform in a line'],
      ['caddyctl version -o json', 'the same for a script'],
    ]);
  },
  async run({ output }) {
    const found = {
      caddyctl: programVersion,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
    };
    await output.document(found, () => `caddyctl ${found.caddyctl} (node ${found.node}, ${found.platform})\n`);
    return exitCodes.done;
  },
};
