import { join } from 'node:path';
import { debianKeyrings, debianSources, unpackPackage } from './debian-package.ts';
import type { CheckedCaddy, Way, WayContext } from './way.ts';

/** Debian's suites with a Caddy that is new enough: testing had 2.11.4 and the backports 2.11.2 in November 2026. */
const suites = ['forky', 'trixie-backports'];

/** Debian's own package, unpacked and not installed. */
export function byApt(keyrings: readonly string[] = debianKeyrings): Way {
  return { name: 'by apt', bring: (context) => bring(context, keyrings) };
}

async function bring(context: WayContext, keyrings: readonly string[]): Promise<CheckedCaddy> {
  const sources = await debianSources(context, keyrings);
  const reasons: string[] = [];
  for (const suite of suites) {
    context.say(`obtaining Caddy by apt: Debian's package from ${suite}, signature checked …`);
    for (const source of sources) {
      try {
        return await context.check(join(await unpackPackage(context, { ...source, suite }, 'caddy'), 'usr/bin/caddy'));
      } catch (error) {
        context.signal?.throwIfAborted();
        reasons.push(`${suite}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  throw new Error(reasons.join('; '));
}
