import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openHistory } from '../../../src/history/history.ts';
import { createCanaries } from '../../support/canaries.ts';
import { type FakeAdmin, config as answered, startFakeAdmin } from '../../support/fake-admin.ts';
import { runCli } from '../run-cli.ts';

let folder: string;
let admin: FakeAdmin | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-'));
});
afterEach(async () => {
  await admin?.stop();
  admin = undefined;
  await rm(folder, { recursive: true });
});

interface Bundle {
  readonly settings: { readonly admin: string; readonly variables: readonly string[] };
  readonly policies: {
    readonly diagnostics: readonly object[];
    readonly names?: { readonly hosts: readonly string[] };
  };
  readonly history: { readonly entries: readonly object[]; readonly readable: boolean };
  readonly live: {
    readonly handlers: object;
    readonly matchers: object;
    readonly keys: object;
    readonly revision: unknown;
  };
}

test('50 secrets in all that is looked at: none is in the bundle or in what is said', async () => {
  const canaries = createCanaries();
  const secret = (where: string): string => canaries.put(where);
  const live = {
    '@id': secret('an @id'),
    admin: {
      listen: '127.0.0.1:2019',
      origins: [secret('an origin')],
      [secret('a key of admin')]: secret('its value'),
    },
    apps: {
      [secret('an app')]: { token: secret("an app's value") },
      http: {
        servers: {
          [secret('a server')]: {
            listen: [secret('a listen address')],
            '@id': `caddyctl.default.${secret('a revision mark')}`,
            routes: [
              {
                match: [
                  {
                    host: [secret('a host')],
                    [secret('a matcher')]: [],
                    header: { Authorization: [secret('a matched header')] },
                  },
                ],
                handle: [
                  { handler: 'headers', response: { set: { [secret('a header')]: [secret('its value')] } } },
                  { handler: secret('a handler'), key: secret('its key') },
                  {
                    handler: 'authentication',
                    providers: {
                      http_basic: { accounts: [{ username: secret('a user'), password: secret('a hash') }] },
                    },
                  },
                  { handler: 'reverse_proxy', upstreams: [{ dial: `${secret('an upstream')}:80` }] },
                  { handler: 'static_response', body: secret('a body') },
                ],
              },
            ],
          },
        },
      },
      tls: {
        automation: {
          policies: [
            {
              subjects: [secret('a subject')],
              issuers: [{ module: secret('an issuer'), email: secret('a mail'), api_key: secret('a key') }],
            },
          ],
        },
      },
    },
    logging: { logs: { default: { writer: { output: 'net', address: secret('where logs go') } } } },
    storage: { module: secret('a storage'), password: secret('its password') },
  };
  const commandLine = [
    'caddy',
    'run',
    `--token=${secret('a flag')}`,
    secret('a word'),
    `https://u:${secret('a URL')}@h/`,
  ];
  admin = await startFakeAdmin(({ line }) => {
    if (line.includes('/debug/vars')) return answered({ cmdline: commandLine, env: secret('a variable') });
    if (line.includes('/debug/pprof')) return { body: `${secret('a trace')} caddy/v2@v${secret('a version')}/` };
    return line.includes('/config/admin') ? answered(live.admin) : answered(live);
  });

  await mkdir(join(folder, 'policies'));
  const file = join(folder, 'policies', `${secret("a file's name")}.yaml`);
  await writeFile(
    file,
    `sites:
  ${secret('a site')}.example.com:
    headers: { X-${secret("a policy's header")}: ${secret('its value')}, X-Env: "\${NAMED}" }
    ${secret('an unknown key')}: 1
    auth: { basic: { users: { ${secret("a policy's user")}: "${secret('a literal hash')}" } } }
    routes:
      /: "http://${secret("an upstream's user")}:${secret('its password')}@app:80/?token=${secret('a token')}"
      /x: { respond: "{env.${secret('a placeholder')}}" }
      /y: ${secret('a service')}
`,
  );
  const history = openHistory(join(folder, 'state/default/history'));
  const entry = {
    revision: '0123456789ab',
    changes: { add: 1, change: 0, remove: 0 },
    inputs: [{ path: secret('an input'), sha256: secret('its hash') }],
    by: { user: secret('who did it'), command: secret('by what'), version: secret('of what version') },
    caddy: secret('of which Caddy'),
  };
  await history.record(
    { ...entry, outcome: 'applied' },
    {
      apps: { http: { note: secret('a config of before') } },
    },
  );
  await history.record({ ...entry, outcome: 'rejected', reason: secret("Caddy's words") }, { apps: {} });
  await history.writePin({ time: secret('a time'), revision: secret('a pin'), by: entry.by, caddy: entry.caddy });

  const env = {
    NAMED: secret('a named variable'),
    AWS_SECRET_ACCESS_KEY: secret("somebody's variable"),
    [`CADDYCTL_${secret('a variable of ours').toUpperCase()}`]: secret('its value'),
    CADDYCTL_CHECK_TOKEN: secret('a credential'),
    CADDYCTL_STATUS_TOKEN_FILE: join(folder, secret('the path of a token')),
    CADDYCTL_OWNER: 'default',
    CADDYCTL_ADMIN: admin.address,
    CADDYCTL_STATE_DIR: join(folder, 'state'),
  };
  expect(canaries.count()).toBeGreaterThanOrEqual(50);
  const path = join(folder, 'bundle.json');
  const text = await runCli(['doctor', '--bundle', path, join(folder, 'policies')], { env });
  const json = await runCli(['doctor', '-o', 'json', '--log-level', 'debug'], { env, cwd: folder });
  const said = await readFile(path, 'utf8');
  expect([text.code, json.code]).toEqual([7, 7]);
  expect(
    canaries.foundIn({ bundle: said, stdout: text.stdout, stderr: text.stderr, json: json.stdout, log: json.stderr }),
  ).toEqual([]);

  const bundle = JSON.parse(said) as Bundle;
  expect(bundle.settings).toMatchObject({ admin: 'loopback' });
  expect(bundle.settings.variables).toEqual([
    'CADDYCTL_ADMIN',
    'CADDYCTL_OWNER',
    'CADDYCTL_STATE_DIR',
    'CADDYCTL_STATUS_TOKEN_FILE',
  ]);
  expect(bundle.policies.diagnostics).toContainEqual({
    code: 'unknown-key',
    severity: 'error',
    file: 1,
    line: 4,
    column: 5,
  });
  expect(bundle.history.entries).toMatchObject([
    { revision: '0123456789ab', outcome: 'rejected', caddyctl: 'other', files: 1 },
    { revision: '0123456789ab', outcome: 'applied', changes: { add: 1, change: 0, remove: 0 } },
  ]);
  expect(bundle.live.handlers).toEqual({
    authentication: 1,
    headers: 1,
    other: 1,
    reverse_proxy: 1,
    static_response: 1,
  });
  expect(bundle.live.matchers).toEqual({ header: 1, host: 1, other: 1 });
  expect(bundle.live.revision).toBeNull();
});

test('hosts, files and addresses are in it only when that is said, and values are not even then', async () => {
  const canaries = createCanaries();
  admin = await startFakeAdmin(() =>
    answered({ apps: { http: { servers: { a: { note: canaries.put('a value') } } } } }),
  );
  const policy = `sites: { shop.example.com: { headers: { X-A: ${canaries.put('a header')} }, to: "localhost:1" } }`;
  await writeFile(join(folder, 'shop.yaml'), policy);
  const run = async (name: string, ...flags: string[]) => {
    const state = join(folder, 'state');
    const args = [
      'doctor',
      'shop.yaml',
      '--bundle',
      name,
      '--admin',
      admin?.address ?? '',
      '--state-dir',
      state,
      ...flags,
    ];
    const { stderr } = await runCli(args, { cwd: folder });
    return { stderr, bundle: await readFile(join(folder, name), 'utf8') };
  };
  const without = await run('without.json');
  expect(without.bundle).not.toMatch(/shop|127\.0\.0\.1/);
  expect(without.stderr).toMatch(
    /^Wrote without\.json, for this user alone \(0600\): .* no name of a host or file, and no value of a config\.\n$/,
  );
  const named = await run('with.json', '--with-hosts');
  expect((JSON.parse(named.bundle) as Bundle).policies.names).toEqual({
    files: ['shop.yaml'],
    hosts: ['shop.example.com'],
  });
  expect(named.bundle).toContain(admin.address);
  expect(canaries.foundIn({ without: without.bundle, named: named.bundle })).toEqual([]);
});

test('it is for this user alone, and never takes the place of a file', async () => {
  const path = join(folder, 'bundle.json');
  const args = [
    'doctor',
    '--bundle',
    path,
    '--admin',
    `unix/${join(folder, 's')}`,
    '--state-dir',
    join(folder, 'state'),
  ];
  expect((await runCli(args)).code).toBe(4);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const bundle = JSON.parse(await readFile(path, 'utf8')) as Bundle;
  expect(bundle).toMatchObject({
    live: null,
    caddy: null,
    settings: { admin: 'unknown' },
    history: { readable: true },
  });
  await writeFile(path, 'precious');
  expect(await runCli(args)).toMatchObject({
    code: 9,
    stdout: '',
    stderr: `error: ${path} is there already, and is not overwritten\nhint: choose another name\n`,
  });
  expect(await readFile(path, 'utf8')).toBe('precious');
  await chmod(folder, 0o700);
  const nowhere = await runCli([...args.slice(0, 2), join(folder, 'none/b.json'), ...args.slice(3)]);
  expect(nowhere).toMatchObject({ code: 1, stdout: '' });
});
