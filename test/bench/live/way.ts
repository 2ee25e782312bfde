import type { SaidTwice } from '../contenders.ts';
import type { BenchSite } from '../sites.ts';

/** The site that is changed, and asked until it answers otherwise. */
export const liveHost = 'live.example.com';

/** One way from a saved change to what is served. */
export interface Way {
  readonly name: string;
  /** Where the sites listen, plain http. */
  readonly port: number;
  /** Makes the site answer this; resolves as soon as whoever has to act was told. */
  change(body: string): Promise<void>;
  /** MiB of what stays beside the server; undefined where nothing does. */
  memory?(): Promise<number>;
  stop(): Promise<void>;
}

export interface WayParts {
  readonly caddyPath: string;
  /** Among these; over plain http. */
  readonly sites: readonly BenchSite[];
  /** Over how many files the policies are dealt out. */
  readonly files: number;
}

/** What the policies and the Caddyfile of the one site say, as a file of its own. */
export function liveSite(body: string): SaidTwice {
  return {
    policies: `sites: { ${liveHost}: { tls: off, respond: "${body}" } }\n`,
    caddyfile: (port) => `http://${liveHost}:${port} {\n\trespond "${body}"\n}\n`,
  };
}
