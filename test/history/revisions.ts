import type { CaddyConfig } from '../../src/caddy/translate.ts';
import type { NewEntry } from '../../src/history/entry.ts';

/** A config that tells which one it is. */
export function config(name: string): CaddyConfig {
  return { apps: { http: { servers: { [name]: { listen: [':8080'] } } } } };
}

export function entry(revision: string, more: Partial<NewEntry> = {}): NewEntry {
  return {
    revision,
    outcome: 'applied',
    changes: { add: 1, change: 2, remove: 3 },
    inputs: [{ path: 'policies/a.yaml', sha256: 'a'.repeat(64) }],
    by: { user: 'ann', command: 'apply', version: '1.0.0' },
    caddy: 'localhost:2019',
    ...more,
  };
}
