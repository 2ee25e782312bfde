import { compile } from '../../src/compile.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { type RunningCaddy, startCaddy } from './caddy.ts';
import type { Endpoint } from './client/endpoint.ts';
import { http1 } from './client/http1.ts';
import { freePort } from './client/ports.ts';

export interface ServeParts {
  readonly caddyPath: string;
  /** The text of a policy file. Sites get https by Caddy's own CA unless they say `tls: off`. */
  readonly policy: string;
  /** Caddy's environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Served {
  readonly caddy: RunningCaddy;
  https(host: string, from?: string): Endpoint;
  http(host: string, from?: string): Endpoint;
  stop(): Promise<void>;
}

/** Compiles a policy and serves it by a real Caddy on ports of its own. Fails with the diagnostics where there are errors. */
export async function serve({ caddyPath, policy, environment }: ServeParts): Promise<Served> {
  const [httpPort, httpsPort] = [await freePort(), await freePort()];
  const target = { owner: 'default', httpPort, httpsPort, internalCa: true, env: {} };
  const { config, diagnostics, model } = compile([{ path: 'policy.yaml', text: policy }], target);
  if (!config) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  const caddy = await startCaddy({ caddyPath, config, env: { ...environment } });
  const secured = (model?.sites ?? []).filter(
    ({ tls, listen }) => typeof tls.value === 'string' && tls.value !== 'off' && listen.length === 0,
  );
  const hosts = secured.flatMap((site) => site.hosts).filter((host) => !host.startsWith('*'));
  try {
    const ca = hosts.length > 0 ? await caddy.rootCa() : undefined;
    const https = (host: string, from?: string): Endpoint => ({ host, port: httpsPort, ca, from });
    for (const host of hosts) await handshaken(https(host));
    return { caddy, https, http: (host, from) => ({ host, port: httpPort, from }), stop: () => caddy.stop() };
  } catch (error) {
    await caddy.stop();
    throw error;
  }
}

/** Caddy makes certificates after it has begun to serve. A site that wants a client certificate ends the attempt otherwise. */
async function handshaken(site: Endpoint): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await http1(site);
      return;
    } catch (error) {
      if (/certificate required|ECONNRESET/.test(String(error)) && attempt > 20) return;
      if (attempt === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
