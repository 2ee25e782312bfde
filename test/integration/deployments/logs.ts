import type { RunningCaddy } from '../../support/caddy.ts';

export interface AccessEntry {
  readonly logger: string;
  readonly request: { readonly uri: string; readonly remote_ip: string; readonly host: string };
}

/** The first access log entry that fits; Caddy writes it after the answer, so this waits for it. */
export async function accessLines(caddy: RunningCaddy, fits: (entry: AccessEntry) => boolean): Promise<AccessEntry> {
  for (let attempt = 1; ; attempt++) {
    for (const line of caddy.logs().split('\n')) {
      const entry = parse(line);
      if (entry && fits(entry)) return entry;
    }
    if (attempt === 200) throw new Error(`no such access log entry in:\n${caddy.logs()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function parse(line: string): AccessEntry | undefined {
  if (!line.startsWith('{') || !line.includes('"logger":"http.log.access')) return undefined;
  return JSON.parse(line) as AccessEntry;
}
