import type { CommandModule } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { addExamples } from '../help.ts';

export const schema: CommandModule<object> = {
  define(command) {
    addExamples(command, [
      ['caddyctl schema > policy.schema.json', 'for the line `# yaml-language-server: $schema=policy.schema.json`'],
    ]);
  },
  async run({ output }) {
    const { policyJsonSchema } = await import('../../policy/json-schema.ts');
    const document = policyJsonSchema();
    await output.document(document, () => `${JSON.stringify(document, null, 2)}\n`);
    return exitCodes.done;
  },
};
