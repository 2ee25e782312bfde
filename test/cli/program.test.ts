import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compareSync } from 'bcryptjs';
import description from '../../package.json' with { type: 'json' };
import { runCli } from './run-cli.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

describe('help', () => {
  test('lists the commands, the flags with their variables, and the exit codes', async () => {
    const { code, stdout, stderr } = await runCli(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const verb of ['validate', 'translate', 'fmt', 'schema', 'hash-password', 'completion', 'version']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${verb} .* {2}\\S`, 'm'));
    }
    // Once: of the program itself the global options are its own.
    expect(stdout.match(/CADDYCTL_OUTPUT/g)).toHaveLength(1);
    for (const exit of ['0 ', '1 ', '2 ', '3 ', '4 ', '5 ', '6 ', '7 ', '8 ', '9 ', '64', '130, 143']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${exit} .*\\S$`, 'm'));
    }
    expect((await runCli(['help'])).stdout).toBe(stdout);
  });

  test('of each command: a line on what it does, flags with variables, examples', async () => {
    const { stdout: all } = await runCli(['--help']);
    const verbs = [...all.slice(all.indexOf('Commands:')).matchAll(/^ {2}([a-z-]+) .*\S$/gm)].map(
      (match) => match[1] ?? '',
    );
    expect(verbs.length).toBeGreaterThanOrEqual(8);
    for (const verb of verbs.filter((name) => name !== 'help')) {
      const [{ code, stdout }, asked] = await Promise.all([runCli([verb, '--help']), runCli(['help', verb])]);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Usage: caddyctl ${verb} `));
      expect(stdout).toMatch(/\n\n[A-Z].*\.\n\n/);
      expect(stdout).toMatch(/\nExamples:\n {2}\$ .*caddyctl /);
      expect(asked.stdout).toBe(stdout);
    }
  });

  test('of validate, word for word', async () => {
    expect((await runCli(['validate', '--help'])).stdout).toBe(`Usage: caddyctl validate [options] [path...]

Check policies; no Caddy needed.

Arguments:
  path                   files and folders of policies, - for standard input
                         (default: policies/)

Options:
  --warnings-as-errors   a warning makes the policies invalid
                         (CADDYCTL_WARNINGS_AS_ERRORS)
  --caddy                also let a Caddy of its own set up the result, on no
                         port (CADDYCTL_CADDY)
  -h, --help             show help

Target:
  --owner <name>         whose mark the config carries, where several share a
                         Caddy (default: default; CADDYCTL_OWNER)
  --http-port <port>     the port for plain http (default: 80;
                         CADDYCTL_HTTP_PORT)
  --https-port <port>    the port for https (default: 443; CADDYCTL_HTTPS_PORT)
  --internal-ca          certificates of every site by Caddy's own CA, no ACME
                         (CADDYCTL_INTERNAL_CA)
  --owners <file>        whose policies are whose where several write them, and
                         what each may do (CADDYCTL_OWNERS)

Global Options:
  -o, --output <format>  form of the document on standard output (text, json,
                         yaml; default: text; CADDYCTL_OUTPUT)
  --no-color             no colours, even on a terminal (CADDYCTL_NO_COLOR)
  -q, --quiet            only errors on standard error (CADDYCTL_QUIET)
  --log-level <level>    how much is logged to standard error (error, warn,
                         info, debug; default: warn, of watch info;
                         CADDYCTL_LOG_LEVEL)

Examples:
  $ caddyctl validate
      checks all files below policies/
  $ caddyctl validate --caddy --warnings-as-errors
      the most that can be known without a running Caddy
  $ caddyctl validate -o json - < site.yaml
      the mistakes of standard input for an editor
`);
  });
});

describe('usage errors end with 64 and write nothing to standard output', () => {
  test.each([
    [['valdiate'], "error: unknown command 'valdiate'\n(Did you mean validate?)"],
    [['validate', '--quite'], "error: unknown option '--quite'\n(Did you mean --quiet?)"],
    [['validate', '--http-prot', '1'], '(Did you mean --http-port?)'],
    [['--output', 'xml', 'version'], 'Allowed choices are text, json, yaml.'],
    [['version', 'extra'], 'too many arguments'],
    [['validate', '--http-port', '0'], 'A port is a number from 1 to 65535.'],
    [['validate', '--http-port', '80a'], 'A port is a number from 1 to 65535.'],
    [['validate', '--https-port'], 'argument missing'],
    [['validate', '--owner', 'Not.Good'], 'small letters'],
    [['hash-password', '--cost', '4'], 'from 10 to 16'],
    [[], 'Usage: caddyctl'],
  ])('%j', async (args, message) => {
    const result = await runCli(args);
    expect(result).toMatchObject({ code: 64, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toContain('    at ');
  });
});

describe('settings from the environment', () => {
  test.each([
    [{ CADDYCTL_OUTPUT: 'json' }, [], 'json'],
    [{ CADDYCTL_OUTPUT: 'json' }, ['-o', 'text'], 'text'],
    [{ CADDYCTL_OUTPUT: 'json' }, ['-otext'], 'text'],
    [{ CADDYCTL_OUTPUT: '' }, [], 'text'],
  ])('%j %j: %s', async (env, args, format) => {
    const { stdout } = await runCli(['version', ...args], { env });
    expect(stdout.startsWith('{') ? 'json' : 'text').toBe(format);
  });

  test.each([
    [{ CADDYCTL_OUTPUT: 'xml' }, "error: CADDYCTL_OUTPUT has the value 'xml', which is invalid."],
    [{ CADDYCTL_QUIET: 'maybe' }, "error: CADDYCTL_QUIET has the value 'maybe', which is invalid."],
  ])('%j is a usage error', async (env, message) => {
    const result = await runCli(['version'], { env });
    expect(result).toMatchObject({ code: 64, stdout: '' });
    expect(result.stderr).toContain(message);
  });

  test.each([
    ['1', true],
    ['TRUE', true],
    ['yes', true],
    ['on', true],
    ['0', false],
    ['false', false],
    ['no', false],
    ['OFF', false],
    ['', false],
  ])('a switch is what its variable says: %j is %s', async (value, on) => {
    const input = 'sites: { a.example.com: "localhost:9000" }';
    const { stdout } = await runCli(['translate', '-'], { input, env: { CADDYCTL_INTERNAL_CA: value } });
    expect(stdout.includes('"module": "internal"')).toBe(on);
  });
});

describe('colours', () => {
  const broken = { input: 'sites: {' };
  test.each([
    [{}, [], false],
    [{ FORCE_COLOR: '1' }, [], true],
    [{ FORCE_COLOR: '1' }, ['--no-color'], false],
    [{ FORCE_COLOR: '1', CADDYCTL_NO_COLOR: 'true' }, [], false],
    [{ FORCE_COLOR: '1', CADDYCTL_NO_COLOR: 'false' }, [], true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, [], false],
    [{ FORCE_COLOR: '0' }, [], false],
  ] as const)('%j %j: %s', async (env, args, colored) => {
    const { stderr } = await runCli(['validate', '-', ...args], { ...broken, env });
    expect(stderr.includes('\u001b[')).toBe(colored);
  });
});

describe('logs', () => {
  test('are lines of JSON on standard error, only when asked for', async () => {
    const input = 'sites: { a.example.com: "localhost:9000" }';
    expect((await runCli(['validate', '-'], { input })).stderr).toBe('');
    const { stdout, stderr } = await runCli(['validate', '-', '--log-level', 'debug'], { input });
    expect(stdout).toBe('valid: 1 file, 1 site, 1 route\n');
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ msg }) => msg)).toEqual([
      'command begun',
      'policies read',
      'policies compiled',
      'command ended',
    ]);
    expect(lines[0]).toMatchObject({ level: 'debug', command: 'validate' });
    expect(lines.at(-1)).toMatchObject({ code: 0 });
    expect(lines.every(({ time }) => !Number.isNaN(Date.parse(String(time))))).toBe(true);
  });
});

describe('version', () => {
  test('in each form', async () => {
    const { version } = description;
    expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: `caddyctl ${version}\n` });
    const text = (await runCli(['version'])).stdout;
    expect(text).toBe(`caddyctl ${version} (node ${process.versions.node}, ${process.platform}-${process.arch})\n`);
    const json = JSON.parse((await runCli(['version', '-o', 'json'])).stdout) as object;
    expect(json).toEqual({
      caddyctl: version,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
    });
  });
});

describe('hash-password', () => {
  test('hashes a line of standard input, and prints only the hash', async () => {
    for (const input of ['correct horse', 'correct horse\n', 'correct horse\r\n']) {
      const { code, stdout, stderr } = await runCli(['hash-password', '--cost', '10'], { input });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^\$2b\$10\$[./A-Za-z0-9]{53}\n$/);
      expect(compareSync('correct horse', stdout.trim())).toBe(true);
    }
    const { stdout } = await runCli(['hash-password', '--cost', '10', '-o', 'json'], { input: 'x' });
    expect(compareSync('x', (JSON.parse(stdout) as { hash: string }).hash)).toBe(true);
  });

  test('takes 72 bytes, which is all that bcrypt looks at', async () => {
    const longest = 'é'.repeat(36);
    const { code, stdout } = await runCli(['hash-password', '--cost', '10'], { input: longest });
    expect(code).toBe(0);
    expect(compareSync(longest, stdout.trim())).toBe(true);
  });

  test.each([
    ['nothing', '', 'empty'],
    ['an empty line', '\n', 'empty'],
    ['73 bytes', `${'é'.repeat(36)}x`, 'longer than 72 bytes'],
    ['much', 'x'.repeat(10_000), 'longer than 72 bytes'],
    ['two lines', 'one\ntwo\n', 'more than one line'],
    ['a NUL', 'a\u0000b', 'control character'],
    ['Latin-1', new Uint8Array([0x61, 0xff]), 'not UTF-8'],
  ])('refuses %s', async (_name, input, reason) => {
    const result = await runCli(['hash-password'], { input });
    expect(result).toMatchObject({ code: 64, stdout: '' });
    expect(result.stderr).toContain(reason);
  });
});

describe('ends', () => {
  test('a reader that goes away is no error', async () => {
    const child = spawn(process.execPath, [main, 'schema'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test.skipIf(process.platform !== 'linux')('a full disk is said (Linux: /dev/full)', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [main, 'version'], { stdio: ['ignore', full, 'pipe'] });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [code] = (await once(child, 'close')) as [number];
    closeSync(full);
    expect(code).toBe(1);
    expect(stderr).toBe('error: standard output cannot be written: no space left on device\n');
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s while it waits for input', async (signal, expected) => {
    const child = spawn(process.execPath, [main, 'validate', '-'], { stdio: ['pipe', 'pipe', 'pipe'] });
    const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    // The signal's listener stands before the input is read: when a write has gone through to a full pipe, it does.
    const reading = new Promise<void>((resolve) => {
      child.stdin.write('#'.repeat(200_000), () => resolve());
    });
    await reading;
    child.kill(signal);
    expect((await closed)[0]).toBe(expected);
  });

  test('what nobody foresaw is one sentence, and a stack only on request', async () => {
    // Fails when the program has begun to listen, in a promise that nobody waits for.
    const bug = `process.on('newListener', (name) => {
      if (name === 'SIGTERM') setImmediate(() => Promise.reject(new Error('some bug')));
    })`;
    const failing = ['--import', `data:text/javascript,${encodeURIComponent(bug)}`];
    const run = async (env: Record<string, string>): Promise<{ code: number | null; stderr: string }> => {
      const child = spawn(process.execPath, [...failing, main, 'validate', '-'], { env: { ...process.env, ...env } });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, stderr };
    };
    const brief = await run({});
    expect(brief.code).toBe(1);
    expect(brief.stderr).toMatch(/^error: caddyctl failed unexpectedly: some bug\nPlease report it .*\n$/);
    expect((await run({ CADDYCTL_DEBUG: '1' })).stderr).toContain('    at ');
  });
});
