import { Argument } from 'commander';
import type { CommandModule } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { addExamples } from '../help.ts';

export const schema: CommandModule<object> = {
  define(command) {
    command.addArgument(
      new Argument('[what]', 'whose schema: that of a policy, or of the file of --owners')
        .choices(['policy', 'owners'])
        .default('policy'),
    );
    addExamples(command, [
      ['caddyctl schema > policy.schema.json', 'for the line `# yaml-language-server: $schema=policy.schema.json`'],
    ]);
  },
  async run({ operands, output }) {
    const { ownersJsonSchema, policyJsonSchema } = await import('../../policy/json-schema.ts');
    const document = operands[0] === 'owners' ? ownersJsonSchema() : policyJsonSchema();
    await output.document(document, () => `${JSON.stringify(document, null, 2)}\n`);
    return exitCodes.done;
  },
};
