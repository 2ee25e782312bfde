import type { Target } from '../caddy/target.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Model } from '../ir/model.ts';
import { parseListen } from '../plan/listen.ts';
import { anyPort, type Bindable, probeBind, probeHosts } from './bind-probe.ts';
import { listenDiagnostic } from './listen-problems.ts';
import { type Listener, listeners } from './listeners.ts';

export interface ChosenPorts {
  /** Absent where the operator left the choice to us. */
  readonly http?: number | undefined;
  readonly https?: number | undefined;
}

export interface LocalListening {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly listen: ReadonlyMap<string, readonly string[]>;
  /** Errors where the operator's own choice cannot be had; warnings where an address of a policy was moved. */
  readonly diagnostics: readonly Diagnostic[];
  /** What else was decided, a line each. */
  readonly notes: readonly string[];
}

export interface LocalPlaces {
  /** Places for all that the model wants; those that were found before stay. */
  find(model: Model, target: Target): Promise<LocalListening>;
}

const usual = { http: 8080, https: 8443 };

/**
 * Where a laptop's Caddy listens: on loopback only, on ports that need no right and that nobody has. What the operator or
 * a policy names is kept if it can be had.
 */
export function createLocalPlaces(hosts: readonly string[], chosen: ChosenPorts): LocalPlaces {
  const listen = new Map<string, readonly string[]>();
  /** Why an address was moved. */
  const reasons = new Map<string, Bindable>();
  const used = new Set<number>();
  let ports: { readonly http: number; readonly https: number } | undefined;
  const free = async (hosts: readonly string[], port: number, udp: boolean): Promise<Bindable> =>
    used.has(port) ? 'taken' : probeHosts(hosts, port, udp);

  const substitute = async (hosts: readonly string[], port: number, udp: boolean): Promise<number> => {
    for (let tries = 1; tries <= 100; tries++) {
      // The neighbours first: 8081 is easier to remember than 41733.
      const candidate = tries <= 10 && port + tries <= 65_535 ? port + tries : await anyPort(hosts[0] ?? '127.0.0.1');
      if ((await free(hosts, candidate, udp)) === 'free') return candidate;
    }
    throw new Error('no free port was found in 100 tries');
  };

  async function given(kind: 'http' | 'https'): Promise<Diagnostic[]> {
    const port = chosen[kind];
    if (port === undefined) return [];
    const udp = kind === 'https';
    const found = await free(hosts, port, udp);
    used.add(port);
    return found === 'free' ? [] : [listenDiagnostic({ address: `${hosts[0]}:${port}`, udp }, found)];
  }

  async function place(listener: Listener): Promise<Diagnostic[]> {
    const at = await localAddress(listener, hosts, { free, substitute });
    switch (at.kind) {
      case 'problem':
        return [listenDiagnostic(listener, at.found)];
      case 'as it is':
        // Our own Caddy has it the next time.
        listen.set(listener.address, [listener.address]);
        return [];
      case 'local':
        used.add(at.port);
        listen.set(listener.address, at.addresses);
        if (at.why !== undefined) reasons.set(listener.address, at.why);
        return movedFrom(listener);
      default:
        return at satisfies never;
    }
  }

  function movedFrom(listener: Listener): Diagnostic[] {
    const why = reasons.get(listener.address);
    return why === undefined ? [] : [moved(listener, listen.get(listener.address) ?? [], why)];
  }

  async function choose(kind: 'http' | 'https', notes: string[]): Promise<number> {
    const wanted = chosen[kind] ?? usual[kind];
    const udp = kind === 'https';
    const isHad = chosen[kind] !== undefined || (await free(hosts, wanted, udp)) === 'free';
    const port = isHad ? wanted : await substitute(hosts, wanted, udp);
    if (!isHad) notes.push(`port ${wanted} is taken; ${kind} is on ${port} this time`);
    used.add(port);
    listen.set(
      `:${port}`,
      hosts.map((host) => `${host}:${port}`),
    );
    return port;
  }

  return {
    async find(model, target) {
      const diagnostics = ports === undefined ? [...(await given('http')), ...(await given('https'))] : [];
      const notes: string[] = [];
      // Both ports are told apart from all own addresses by numbers that no address can have.
      const all = listeners(model, { ...target, httpPort: -1, httpsPort: -2 });
      for (const listener of all.filter(({ place }) => place !== undefined)) {
        diagnostics.push(...(listen.has(listener.address) ? movedFrom(listener) : await place(listener)));
      }
      ports ??= { http: await choose('http', notes), https: await choose('https', notes) };
      return { httpPort: ports.http, httpsPort: ports.https, listen: new Map(listen), diagnostics, notes };
    },
  };
}

type LocalAddress =
  | { readonly kind: 'local'; readonly addresses: readonly string[]; readonly port: number; readonly why?: Bindable }
  | { readonly kind: 'as it is' }
  | { readonly kind: 'problem'; readonly found: Exclude<Bindable, 'free'> };

interface Finder {
  readonly free: (hosts: readonly string[], port: number, udp: boolean) => Promise<Bindable>;
  readonly substitute: (hosts: readonly string[], port: number, udp: boolean) => Promise<number>;
}

async function localAddress(
  { address, udp }: Listener,
  loopback: readonly string[],
  { free, substitute }: Finder,
): Promise<LocalAddress> {
  const parsed = parseListen(address);
  if (parsed?.kind !== 'net') {
    const found = await probeBind(address, udp);
    return found === 'free' ? { kind: 'as it is' } : { kind: 'problem', found };
  }
  const { host, from } = parsed;
  const bracketed = host.includes(':') ? `[${host}]` : host;
  const hosts = /^127\.|^::1$|^localhost$/.test(host) ? [bracketed] : loopback;
  const found = await free(hosts, from, udp);
  const port = found === 'free' ? from : await substitute(hosts, from, udp);
  const addresses = hosts.map((host) => `${host}:${port}`);
  return { kind: 'local', addresses, port, ...(found !== 'free' && { why: found }) };
}

function moved({ address, place }: Listener, to: readonly string[], why: Bindable): Diagnostic {
  const reason = why === 'denied' ? 'needs a right that this user does not have' : 'is taken by another program';
  const message = `${address} ${reason}, so this time it is ${to.join(' and ')}`;
  return { code: 'listen-moved', severity: 'warning', message, place };
}
