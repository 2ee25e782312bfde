import { access, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { startCaddy } from './caddy.ts';

export interface Certificates {
  /** The root that all of them end in, PEM. */
  readonly ca: string;
  /** Files in PEM. */
  readonly of: (name: string) => { readonly cert: string; readonly key: string };
  readonly remove: () => Promise<void>;
}

/** Certificates for these names, by the CA of a Caddy that is started for it, so that no other tool is needed. */
export async function makeCertificates(caddyPath: string, names: readonly string[]): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'certs-'));
  const apps = {
    pki: { certificate_authorities: { local: { install_trust: false } } },
    tls: { certificates: { automate: names }, automation: { policies: [{ issuers: [{ module: 'internal' }] }] } },
  };
  const caddy = await startCaddy({ caddyPath, config: { apps } });
  try {
    await caddy.rootCa();
    await copyFile(join(caddy.folder, 'data/caddy/pki/authorities/local/root.crt'), join(folder, 'root.crt'));
    for (const name of names) {
      for (const ending of ['crt', 'key']) {
        const made = join(caddy.folder, 'data/caddy/certificates/local', name, `${name}.${ending}`);
        await vi.waitFor(() => access(made), { timeout: 20_000 });
        await copyFile(made, join(folder, `${name}.${ending}`));
      }
    }
  } finally {
    await caddy.stop();
  }
  return {
    ca: join(folder, 'root.crt'),
    of: (name) => ({ cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) }),
    remove: () => rm(folder, { recursive: true }),
  };
}
