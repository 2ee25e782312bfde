import type { MadeUpSecrets } from '../../daemon/made-up-secrets.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Model } from '../../ir/model.ts';
import { bcryptHash } from '../bcrypt.ts';

export interface Secrets extends MadeUpSecrets {
  readonly diagnostics: readonly Diagnostic[];
}

// The lowest that bcryptjs and Caddy both take without a word; what it guards lives for one run on one machine.
const cost = 10;

/** The secrets that Caddy will look for: with `local` those that nobody set are made up, and otherwise they are errors. */
export async function provideSecrets(model: Model, env: NodeJS.ProcessEnv, local: boolean): Promise<Secrets> {
  const { secretNeeds } = await import('../../daemon/secret-needs.ts');
  const { secretProblems } = await import('../../daemon/secret-problems.ts');
  const needs = secretNeeds(model);
  if (!local) return { secrets: [], env: {}, diagnostics: await secretProblems(needs, env) };
  const { makeUpSecrets } = await import('../../daemon/made-up-secrets.ts');
  const made = await makeUpSecrets(needs, env, (password) => bcryptHash(password, cost));
  const problems = await secretProblems(needs, { ...env, ...made.env });
  // A file cannot be made up for the operator; without it nobody can log in there, and all else can be tried.
  const diagnostics = problems.map(
    (each): Diagnostic => (each.code === 'secret-file' ? { ...each, severity: 'warning' } : each),
  );
  return { ...made, diagnostics };
}
