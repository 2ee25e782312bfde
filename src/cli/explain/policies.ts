import { answerAsJson } from '../../explain/as-json.ts';
import { explainer } from '../../explain/explainer.ts';
import { renderAnswer } from '../../explain/render.ts';
import type { Invocation } from '../command.ts';
import { compilePaths, targetOf } from '../policies.ts';
import type { ExplainOptions } from './options.ts';
import { question } from './question.ts';

/** Explains by what the policies mean; false where they have mistakes. */
export async function explainPolicies(invocation: Invocation<ExplainOptions>): Promise<boolean> {
  const { operands, options, output, process, log } = invocation;
  const target = targetOf(options, process.env);
  const { model, config, diagnostics } = await compilePaths(options.policy, target, process.stdin, log);
  if (model === undefined || config === undefined) {
    output.diagnostics(diagnostics);
    return false;
  }
  const { listeners, answerTo } = explainer(model, options);
  const { asked, listener } = question(
    operands,
    options,
    listeners,
    ({ standOf }, host) => standOf(host) !== undefined,
  );
  const answer = answerTo(asked);
  const shown = { color: output.color, tls: listener.tls };
  await output.document(answerAsJson(asked, answer), () => renderAnswer(asked, answer, shown));
  return true;
}
