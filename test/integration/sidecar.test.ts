import { spawnSync } from 'node:child_process';
import { access, copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { composeContainer, composeFile, imageCheck, podContainer } from '../support/containers.ts';
import { http1 } from '../support/client/http1.ts';
import { freePort } from '../support/client/ports.ts';
import { type Sidecar, startSidecar } from '../support/sidecar.ts';
import { until } from '../support/until.ts';

const compose = composeFile('compose.yaml');
const ways = {
  'compose.yaml': {
    containers: {
      caddy: composeContainer([compose], 'caddy'),
      caddyctl: { ...composeContainer([compose], 'caddyctl'), check: imageCheck() },
    },
    autosave: 'config/caddyctl/caddy/autosave.json',
  },
  'kubernetes.yaml': {
    containers: { caddy: podContainer('caddy'), caddyctl: podContainer('caddyctl') },
    autosave: 'config/caddy/autosave.json',
  },
};

const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** What the containers of these files run, on this machine: that each flag exists, and what becomes of it. */
describe.each(Object.entries(ways))('the command lines of %s', (_name, { containers, autosave }) => {
  let at: Sidecar;
  beforeEach(async () => {
    at = await startSidecar(inject('caddyPath'), containers);
  });
  afterEach(() => at.stop());

  const site = (body: string): string =>
    `sites:\n  a.example.com: { listen: '127.0.0.1:${at.port}', tls: off, respond: ${body} }\n`;

  test('serve what is saved, whichever starts first', async () => {
    await at.write(site('one'));
    at.start('caddyctl');
    at.start('caddy');
    await at.serves('a.example.com', 'one');
    await at.write(site('two'));
    await at.serves('a.example.com', 'two');
    const { mode } = await stat(join(at.folder, 'run/caddy/admin.sock'));
    expect((mode & 0o777).toString(8)).toBe('660');
    const admin = `unix/${join(at.folder, 'run/caddy/admin.sock')}`;
    const { stdout } = await runCli([
      'doctor',
      '--admin',
      admin,
      '--state-dir',
      join(at.folder, 'history'),
      '-o',
      'json',
    ]);
    const { findings } = JSON.parse(stdout) as { findings: readonly { id: string; level: string }[] };
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(findings.map(({ id }) => id)).toEqual(expect.arrayContaining(['admin-listener', 'admin-socket']));
  });

  /** Caddy serves before it has written down what it serves. */
  const isSaved = (file: string): Promise<string> =>
    until(async () => {
      const text = await readFile(file, 'utf8').catch(() => '');
      return text.endsWith('}') || text.endsWith('}\n') ? text : undefined;
    });

  test('Caddy that was killed serves again by itself, without caddyctl', async () => {
    await at.write(site('one'));
    at.start('caddy');
    at.start('caddyctl');
    await at.serves('a.example.com', 'one');
    await isSaved(join(at.folder, autosave));
    await at.kill('caddyctl');
    await at.kill('caddy');
    expect(await at.body('a.example.com')).toBeUndefined();
    at.start('caddy');
    await at.serves('a.example.com', 'one');
  });

  test('a Caddy that a full disk left half a file starts all the same, and is filled', async () => {
    await at.write(site('one'));
    at.start('caddy');
    at.start('caddyctl');
    await at.serves('a.example.com', 'one');
    const file = join(at.folder, autosave);
    const whole = await isSaved(file);
    await at.kill('caddyctl');
    await at.kill('caddy');
    await writeFile(file, whole.slice(0, whole.length / 2));
    at.start('caddy');
    await at.answers();
    await expect(access(file)).rejects.toThrow('ENOENT');
    at.start('caddyctl');
    await at.serves('a.example.com', 'one');
  });

  test.skipIf(!hasCurl)('the health checks say no and then yes (with curl, which the official image has)', async () => {
    expect([await at.check('caddy'), await at.check('caddyctl')]).toEqual([7, 4]);
    await at.write(site('one'));
    at.start('caddy');
    at.start('caddyctl');
    await at.serves('a.example.com', 'one');
    await until(async () => ((await at.check('caddy')) === 0 ? true : undefined));
    await until(async () => ((await at.check('caddyctl')) === 0 ? true : undefined));
  });
});

test('what an earlier Caddy of compose.yaml was told by its Caddyfile is not resumed, and stays', async () => {
  const at = await startSidecar(inject('caddyPath'), ways['compose.yaml'].containers);
  try {
    const old = join(at.folder, 'config/caddy/autosave.json');
    const site = {
      listen: [`127.0.0.1:${at.port}`],
      routes: [{ handle: [{ handler: 'static_response', body: 'old' }] }],
    };
    const text = JSON.stringify({ apps: { http: { servers: { srv0: site } } } });
    await mkdir(join(old, '..'), { recursive: true });
    await writeFile(old, text);
    at.start('caddy');
    await at.answers();
    expect(await at.body('a.example.com')).toBeUndefined();
    expect(await readFile(old, 'utf8')).toBe(text);
  } finally {
    await at.stop();
  }
});

test('the overlay for ai.doo serves its one file, whatever else is in the folder', async () => {
  const files = [compose, composeFile('compose.aidoo.yaml')];
  const [httpPort, httpsPort] = [await freePort(), await freePort()];
  const caddyctl = composeContainer(files, 'caddyctl');
  // What no test may have: ports of the whole machine, and certificates of a public authority.
  const local = {
    CADDYCTL_HTTP_PORT: `${httpPort}`,
    CADDYCTL_HTTPS_PORT: `${httpsPort}`,
    CADDYCTL_INTERNAL_CA: 'true',
  };
  const at = await startSidecar(inject('caddyPath'), {
    caddy: composeContainer(files, 'caddy'),
    caddyctl: { ...caddyctl, env: { ...caddyctl.env, ...local } },
  });
  try {
    await copyFile(join(import.meta.dirname, '../../policies/aidoo.yaml'), join(at.folder, 'policies/aidoo.yaml'));
    await at.write('sites: [');
    at.start('caddy');
    at.start('caddyctl');
    const root = join(at.folder, 'data/caddy/pki/authorities/local/root.crt');
    const ca = await until(async () => {
      const pem = await readFile(root, 'utf8').catch(() => '');
      return pem.includes('END CERTIFICATE') ? pem : undefined;
    });
    const denied = await until(() =>
      http1({ host: 'vera.example.com', port: httpsPort, ca }, { path: '/internal/x' }).catch(() => undefined),
    );
    expect(denied.status).toBe(404);
    expect(denied.headers).toContainEqual(['X-Frame-Options', 'SAMEORIGIN']);
  } finally {
    await at.stop();
  }
});
