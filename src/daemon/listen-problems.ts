import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { type Bindable, probeBind } from './bind-probe.ts';
import type { Listener } from './listeners.ts';

/**
 * Tries every listen address before Caddy is started, so that the complaint names the policy line. Where this process has no
 * right to a port Caddy's own file may have it: that is left for Caddy to try.
 */
export async function listenProblems(wanted: readonly Listener[]): Promise<Diagnostic[]> {
  const problems: Diagnostic[] = [];
  for (const listener of wanted) {
    const found = await probeBind(listener.address, listener.udp);
    if (found === 'taken' || found === 'absent') problems.push(listenDiagnostic(listener, found));
  }
  return problems;
}

export function listenDiagnostic({ address, place }: Listener, found: Exclude<Bindable, 'free'>): Diagnostic {
  const choose =
    place === undefined ? 'choose another port with --http-port or --https-port' : 'choose another address';
  const [message, hint] = {
    taken: [`${address} is taken: another program listens there`, `stop that program, or ${choose}`],
    denied: [`${address} cannot be listened on: this user may not use ports below 1024`, choose],
    absent: [`${address} cannot be listened on: this machine has no such address`, choose],
  }[found];
  return { code: `listen-${found}`, severity: 'error', message: message ?? '', hint, place };
}
