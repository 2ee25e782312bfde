import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caddyctl-completion-'));
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await runCli(['completion', shell]);
    expect(code).toBe(0);
    writeFileSync(join(folder, shell), stdout);
  }
  writeFileSync(join(folder, 'some-policy.yaml'), '');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function lacks(shell: string): boolean {
  return spawnSync(shell, ['-c', 'true']).status !== 0;
}

function run(shell: string, args: readonly string[]): string {
  return execFileSync(shell, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, TERM: 'dumb' },
  });
}

/** What is typed, with the candidates that a shell offers for its last word. */
const offers: readonly (readonly [line: string, candidates: readonly string[]])[] = [
  ['caddyctl val', ['validate']],
  ['caddyctl translate --sou', ['--source-map']],
  ['caddyctl -o ', ['json', 'text', 'yaml']],
  ['caddyctl --log-level ', ['debug', 'error', 'info', 'warn']],
  ['caddyctl completion ', ['bash', 'fish', 'zsh']],
  ['caddyctl -o json fmt --che', ['--check']],
  ['caddyctl help hash', ['hash-password']],
  ['caddyctl status --probe ', ['alive', 'ready']],
  ['caddyctl validate --http-port ', []],
  ['caddyctl hash-password ', []],
];

// The test runner needs bash's absence to be said, not to fail: a small container may have none.
describe.skipIf(lacks('bash'))('bash', () => {
  function complete(line: string): readonly string[] {
    const script =
      'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _caddyctl; (( ${#COMPREPLY[@]} == 0 )) || printf "%s\\n" "${COMPREPLY[@]}"';
    // bash breaks words at the equals sign too.
    const words = line.split(/ +|(?==)|(?<==)/);
    return run('bash', ['-c', script, 'bash', join(folder, 'bash'), ...words])
      .split('\n')
      .filter(Boolean)
      .sort();
  }

  test.each(offers)('%s', (line, candidates) => {
    expect(complete(line)).toEqual(candidates);
  });

  test.each([
    ['caddyctl --output=', ['json', 'text', 'yaml']],
    ['caddyctl validate --output=ya', ['yaml']],
  ])('%s', (line, candidates) => {
    expect(complete(line)).toEqual(candidates);
  });

  test('offers each command and its flags', () => {
    expect(complete('caddyctl ')).toEqual(expect.arrayContaining(['validate', 'translate', 'fmt', 'help']));
    expect(complete('caddyctl fmt --')).toEqual(expect.arrayContaining(['--check', '--diff', '--output', '--help']));
    expect(complete('caddyctl fmt --')).not.toContain('--caddy');
  });

  test('leaves files to bash itself', () => {
    expect(complete('caddyctl validate some')).toEqual([]);
    expect(run('bash', ['-c', 'source "$1"; complete -p caddyctl', 'bash', join(folder, 'bash')])).toBe(
      'complete -o default -F _caddyctl caddyctl\n',
    );
  });
});

describe.skipIf(lacks('fish'))('fish (where it is installed)', () => {
  function complete(line: string): readonly string[] {
    const found = run('fish', [
      '--no-config',
      '-c',
      'source $argv[1]; complete -C $argv[2]',
      join(folder, 'fish'),
      line,
    ]);
    return found
      .split('\n')
      .filter(Boolean)
      .map((each) => each.replace(/\t.*/, ''))
      .sort();
  }

  test.each(offers)('%s', (line, candidates) => {
    expect(complete(line)).toEqual(candidates);
  });

  test('offers files where files are meant', () => {
    expect(complete('caddyctl validate some')).toEqual(['some-policy.yaml']);
  });
});

describe.skipIf(lacks('zsh'))('zsh (where it is installed)', () => {
  // A shell in a terminal of its own; the command prints what Tab made of its line.
  const driver = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; caddyctl() { print -r -- GOT "\${(q)@}" END }; autoload -Uz compinit; compinit -u -D; source '$1'; print READY-1 | tr 1 2'
zpty -r -m z seen '*READY-2*'
shift
for line in "$@"; do
  zpty -w -n z "$line"$'\\t'
  all=
  for try in {1..400}; do
    zpty -w -n z $'\\r'
    sleep 0.05
    while zpty -r -t z seen; do all+=$seen; done
    [[ $all == *GOT*END* ]] && break
  done
  print -r -- "\${\${\${all%%END*}##*GOT }% }"
done
zpty -d z
`;

  test('Tab completes', () => {
    const lines = {
      'caddyctl val': 'validate',
      'caddyctl translate --sou': 'translate --source-map',
      'caddyctl -o js': '-o json',
      'caddyctl completion fi': 'completion fish',
      'caddyctl validate some': 'validate some-policy.yaml',
      'caddyctl validate --output=ya': 'validate --output=yaml',
      'caddyctl --log-level=inf': '--log-level=info',
      'caddyctl help hash': 'help hash-password',
      'caddyctl hash-password some': 'hash-password some',
      'caddyctl -o json fmt --che': '-o json fmt --check',
    };
    writeFileSync(join(folder, 'driver'), driver);
    const said = run('zsh', ['-f', join(folder, 'driver'), join(folder, 'zsh'), ...Object.keys(lines)]);
    expect(said.trimEnd().split('\n')).toEqual(Object.values(lines));
  });
});

test('an unknown shell is a usage error', async () => {
  const result = await runCli(['completion', 'tcsh']);
  expect(result).toMatchObject({ code: 64, stdout: '' });
  expect(result.stderr).toContain('bash, zsh, fish');
});
