import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Input } from '../../history/inputs.ts';
import type { Verify } from '../../reconcile/kept-verification.ts';
import type { Outcome } from '../../reconcile/outcome.ts';
import { pass, type PassInput } from '../../reconcile/pass.ts';
import { recordedPass } from '../../reconcile/recorded-pass.ts';
import type { Memory, Pinned } from './memory.ts';

export interface RememberedPass {
  readonly memory: Memory | undefined;
  readonly pin: Pinned;
  readonly verify: Verify | undefined;
  /** Whether the history was told of these policies already. */
  readonly isKnown: boolean;
  /** What was compiled, once it was. */
  readonly inputs: () => readonly Input[];
  readonly warn: (problem: Diagnostic) => void;
}

/** One that only looks, or heals, is nothing to remember; and a Caddy that goes and comes would fill the history. */
export async function rememberedPass(
  input: PassInput,
  { memory, pin, verify, isKnown, inputs, warn }: RememberedPass,
): Promise<Outcome> {
  if (memory === undefined || (isKnown && verify === undefined)) return await pass(input);
  const ran = await recordedPass({
    ...input,
    compile: async (running) => {
      const made = await input.compile(running);
      return { ...made, inputs: inputs() };
    },
    history: memory.history,
    by: memory.by,
    verify,
    pin: pin.kind === 'over' ? 'ends' : 'stays',
  });
  ran.warnings.forEach(warn);
  return ran.outcome;
}
