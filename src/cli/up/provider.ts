import type { Target } from '../../caddy/target.ts';
import type { MadeUpSecret } from '../../daemon/made-up-secrets.ts';
import type { RunFolder } from '../../daemon/run-folder.ts';
import type { Provide } from '../../daemon/watch/provide.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { bcryptHash } from '../bcrypt.ts';
import type { UpSettings } from './settings.ts';

export interface Provider {
  readonly provide: Provide;
  /** What the policies are compiled for now. */
  target(): Target;
  /** What was made up for the policies that were provided for last. */
  madeUp(): readonly MadeUpSecret[];
  /** Undoes what nobody needs after the run. */
  close(): Promise<void>;
}

// The lowest that bcryptjs and Caddy both take without a word; what it guards lives for one run on one machine.
const cost = 10;

/** Only looks whether the secrets are there: where Caddy listens the policies say, and which variables it has is settled. */
export function providerInEarnest(target: Target): Provider {
  return {
    async provide(model) {
      const { secretNeeds } = await import('../../daemon/secret-needs.ts');
      const { secretProblems } = await import('../../daemon/secret-problems.ts');
      return { target, diagnostics: await secretProblems(secretNeeds(model), target.env) };
    },
    target: () => target,
    madeUp: () => [],
    close: async () => {},
  };
}

/** For a laptop: places on loopback for whatever the policies want to listen on, and secrets in place of those that nobody set. */
export async function localProvider(
  draft: Target,
  folder: RunFolder,
  { httpPort, httpsPort }: UpSettings,
  note: (line: string) => void,
): Promise<Provider> {
  const { createLocalPlaces } = await import('../../daemon/local-listening.ts');
  const { loopbackHosts } = await import('../../daemon/loopback.ts');
  const { createMadeUpSecrets } = await import('../../daemon/made-up-secrets.ts');
  const { openSecretFiles } = await import('../../daemon/secret-files.ts');
  const { secretNeeds } = await import('../../daemon/secret-needs.ts');
  const { isUnset, secretProblems } = await import('../../daemon/secret-problems.ts');
  const { env } = draft;
  const files = await openSecretFiles(folder.secrets);
  const hash = (password: string): Promise<string> => bcryptHash(password, cost);
  const secrets = createMadeUpSecrets({ env, hash, keep: (...secret) => files.keep(...secret) });
  const places = createLocalPlaces(await loopbackHosts(), { http: httpPort, https: httpsPort });
  let target = draft;
  let shown = '';
  let madeUp: readonly MadeUpSecret[] = [];
  return {
    async provide(model) {
      const { diagnostics, notes, ...listening } = await places.find(model, draft);
      notes.forEach(note);
      const needs = secretNeeds(model);
      madeUp = await secrets.makeUp(needs);
      const secretFiles = secrets.files();
      const others = needs.filter((need) => !isUnset(need, env));
      const problems = (await secretProblems(others, env)).map(orWarning);
      const now = JSON.stringify([listening.httpPort, listening.httpsPort, [...listening.listen], [...secretFiles]]);
      if (now !== shown) target = { ...draft, ...listening, secretFiles };
      shown = now;
      return { target, diagnostics: [...diagnostics, ...problems] };
    },
    target: () => target,
    madeUp: () => madeUp,
    close: () => files.removeAll(),
  };
}

/** A file cannot be made up for the operator; without it nobody can log in there, and all else can be tried. */
function orWarning(problem: Diagnostic): Diagnostic {
  return problem.code === 'secret-file' ? { ...problem, severity: 'warning' } : problem;
}
