import type { Target } from '../../caddy/target.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Model } from '../../ir/model.ts';
import type { UpSettings } from './settings.ts';

export interface Listening {
  readonly target: Target;
  readonly diagnostics: readonly Diagnostic[];
  readonly notes: readonly string[];
}

/** Where Caddy shall listen, tried before it is started. */
export async function decideListening(model: Model, target: Target, settings: UpSettings): Promise<Listening> {
  if (!settings.local) {
    const { listenProblems } = await import('../../daemon/listen-problems.ts');
    const { listeners } = await import('../../daemon/listeners.ts');
    return { target, diagnostics: await listenProblems(listeners(model, target)), notes: [] };
  }
  const { localListening } = await import('../../daemon/local-listening.ts');
  const { loopbackHosts } = await import('../../daemon/loopback.ts');
  const chosen = { http: settings.httpPort, https: settings.httpsPort };
  const found = await localListening(model, target, await loopbackHosts(), chosen);
  const { httpPort, httpsPort, listen, diagnostics, notes } = found;
  return { target: { ...target, httpPort, httpsPort, listen }, diagnostics, notes };
}
