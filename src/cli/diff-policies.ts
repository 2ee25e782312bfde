import type { Invocation } from './command.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { compilePaths, targetOf } from './policies.ts';
import type { TargetSettings } from './settings.ts';

/** So many lines can be read; the rest is counted. */
const MOST_LINES = 60;

/** Tells which requests change from some policies to others. Asks no Caddy. */
export async function diffPolicies(
  { operands, options, output, process, log }: Invocation<TargetSettings>,
  from: readonly string[],
  withExitCode: boolean,
): Promise<ExitCode> {
  const target = targetOf(options, process.env);
  // Whose the others are, and what they were allowed, is beside the question.
  const { ownersFile: _, ...plain } = target;
  const old = await compilePaths(from, plain, process.stdin, log);
  const now = await compilePaths(operands, target, process.stdin, log);
  const isInvalid = old.config === undefined || now.config === undefined;
  if (isInvalid) output.diagnostics([...(old.config ? [] : old.diagnostics), ...now.diagnostics]);
  if (isInvalid || old.model === undefined || now.model === undefined) return exitCodes.invalid;
  const [{ behaviourChanges }, { behaviourAsJson }, { renderBehaviour }] = await Promise.all([
    import('../behaviour/behaviour.ts'),
    import('../behaviour/as-json.ts'),
    import('../behaviour/render.ts'),
  ]);
  const diff = behaviourChanges(
    { model: old.model, surroundings: options },
    { model: now.model, surroundings: options },
  );
  await output.document(behaviourAsJson(diff), () =>
    renderBehaviour(diff, { ...options, color: output.color, most: MOST_LINES }),
  );
  output.diagnostics(now.diagnostics);
  return withExitCode && diff.lines.length > 0 ? exitCodes.changes : exitCodes.done;
}
