import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAdmin } from '../../src/cli/open-admin.ts';

describe('openAdmin', () => {
  test.each([
    ['localhost:2019', ['localhost:2019', '127.0.0.1:2019', '[::1]:2019']],
    ['http://127.0.0.1:2020', ['127.0.0.1:2020', 'localhost:2020', '[::1]:2020']],
    ['https://caddy.internal', ['caddy.internal:443']],
    ['https://caddy.internal:8443', ['caddy.internal:8443']],
    ['unix//run/caddy/admin.sock', ['unix//run/caddy/admin.sock']],
  ])('%s is where no route may lead: %j', async (admin, addresses) => {
    expect((await openAdmin({ admin, timeout: 1_000 })).dialAddresses).toEqual(addresses);
  });

  test.each(['ftp://localhost', '', 'localhost:2019/path'])('%j is a mistake of usage', async (admin) => {
    await expect(openAdmin({ admin, timeout: 1_000 })).rejects.toMatchObject({ exitCode: 64 });
  });

  test('so is a certificate that cannot be read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'caddyctl-pem-'));
    const cert = join(folder, 'cert.pem');
    const settings = { admin: 'https://localhost', timeout: 1_000, cert };
    await expect(openAdmin(settings)).rejects.toMatchObject({
      exitCode: 64,
      message: expect.stringContaining(cert) as string,
    });
    writeFileSync(cert, 'pem');
    expect((await openAdmin(settings)).admin.address).toBe('https://localhost');
    rmSync(folder, { recursive: true });
  });
});
