import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

type Step = () => void;

/** One way in which files are changed: what is there before, and the steps of its nth change. */
export interface Way {
  /** What is watched, below the scene's folder; `policies` if nothing is said. */
  readonly root?: string;
  readonly prepare: (scene: string) => void;
  readonly steps: (scene: string, round: number) => readonly Step[];
}

/**
 * A policy that shows whether it is all there. What it says depends on the round and on `path`, where it will be read: no
 * two files say anything of one site. It needs a PORT.
 */
export function textOf(round: number, path: string, lines = 5): string {
  const name = `w${createHash('sha256').update(path).digest('hex').slice(0, 12)}`;
  const site = `  ${name}.example.com: { listen: '127.0.0.1:\${PORT}', tls: off, respond: ${name}-${round} }\n`;
  const body = Array.from({ length: lines }, (_, index) => `# line ${index} of ${round}\n`).join('');
  return `# begin ${round}\nsites:\n${site}${body}# end ${round}\n`;
}

/** Whose text it is; undefined if a part of it is missing. */
export function roundOf(text: string): number | undefined {
  const [, begin, end] = /^# begin (\d+)\n[^]*# end (\d+)\n$/.exec(text) ?? [];
  return begin === end && begin !== undefined ? Number(begin) : undefined;
}

/** Blocks this process, as an editor may that has more to do. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function write(path: string, round: number): void {
  writeFileSync(path, textOf(round, path));
}

function policies(scene: string, names: readonly string[] = ['a.yaml', 'b.yaml']): void {
  mkdirSync(join(scene, 'policies'), { recursive: true });
  for (const name of names) write(join(scene, 'policies', name), 0);
}

function saveInPlace(path: string, round: number): Step[] {
  let file = 0;
  return [() => (file = openSync(path, 'w')), () => writeSync(file, textOf(round, path)), () => closeSync(file)];
}

function writeAndRename(path: string, temporary: string, round: number): Step[] {
  return [() => writeFileSync(temporary, textOf(round, path)), () => renameSync(temporary, path)];
}

function git(folder: string, ...args: string[]): void {
  const env = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'gc.auto=0'];
  execFileSync('git', [...identity, ...args], { cwd: folder, env, stdio: 'pipe' });
}

export const ways: Readonly<Record<string, Way>> = {
  'save in place': {
    prepare: policies,
    steps: (scene, round) => saveInPlace(join(scene, 'policies/a.yaml'), round),
  },

  'save in place, slowly and in pieces': {
    prepare: policies,
    steps(scene, round) {
      const path = join(scene, 'policies/a.yaml');
      const text = textOf(round, path, 50);
      const pieces = [text.slice(0, 200), text.slice(200, 401), text.slice(401, 500), text.slice(500)];
      return [
        () => writeFileSync(path, ''),
        ...pieces.flatMap((piece) => [() => pause(3), () => appendFileSync(path, piece)]),
      ];
    },
  },

  'save the same length, with the time put back': {
    prepare: policies,
    steps(scene, round) {
      const path = join(scene, 'policies/a.yaml');
      return [() => write(path, round + 100), () => utimesSync(path, 1_000_000_000, 1_000_000_000)];
    },
  },

  'write and rename': {
    prepare: policies,
    steps: (scene, round) =>
      writeAndRename(join(scene, 'policies/a.yaml'), join(scene, `policies/a.yaml.tmp.${round}`), round),
  },

  'write elsewhere and move': {
    prepare: policies,
    steps: (scene, round) => writeAndRename(join(scene, 'policies/a.yaml'), join(scene, 'outside.yaml'), round),
  },

  "vim's backup dance": {
    prepare: policies,
    steps(scene, round) {
      const path = join(scene, 'policies/a.yaml');
      const swap = join(scene, 'policies/.a.yaml.swp');
      const probe = join(scene, 'policies/4913');
      let file = 0;
      return [
        () => writeFileSync(swap, 'b0VIM'),
        () => writeFileSync(probe, ''),
        () => unlinkSync(probe),
        () => renameSync(path, `${path}~`),
        () => (file = openSync(path, 'wx')),
        () => writeSync(file, textOf(round, path)),
        () => fsyncSync(file),
        () => closeSync(file),
        () => chmodSync(path, 0o644),
        () => unlinkSync(`${path}~`),
        () => unlinkSync(swap),
      ];
    },
  },

  'a new file, then its deletion': {
    prepare: policies,
    steps(scene, round) {
      const path = join(scene, 'policies/c.yaml');
      return round % 2 === 1 ? saveInPlace(path, round) : [() => unlinkSync(path)];
    },
  },

  'a file renamed': {
    prepare: policies,
    steps(scene, round) {
      const [from = '', to = ''] = round % 2 === 1 ? ['a.yaml', 'z.yaml'] : ['z.yaml', 'a.yaml'];
      return [() => renameSync(join(scene, 'policies', from), join(scene, 'policies', to))];
    },
  },

  'new folders in new folders': {
    prepare: policies,
    steps(scene, round) {
      const folder = join(scene, `policies/team${round}/x/y`);
      return [() => mkdirSync(folder, { recursive: true }), ...saveInPlace(join(folder, 'new.yaml'), round)];
    },
  },

  'a file in a folder that is not new any more': {
    prepare(scene) {
      policies(scene);
      mkdirSync(join(scene, 'policies/team/x'), { recursive: true });
    },
    steps: (scene, round) => saveInPlace(join(scene, `policies/team/x/${round}.yaml`), round),
  },

  'a folder deleted and made again': {
    prepare(scene) {
      policies(scene);
      mkdirSync(join(scene, 'policies/team'));
      write(join(scene, 'policies/team/t.yaml'), 0);
    },
    steps(scene, round) {
      const folder = join(scene, 'policies/team');
      return [
        () => rmSync(folder, { recursive: true }),
        () => mkdirSync(folder),
        ...saveInPlace(join(folder, 't.yaml'), round),
      ];
    },
  },

  'a folder that another takes the place of': {
    prepare(scene) {
      policies(scene);
      mkdirSync(join(scene, 'policies/team'));
      write(join(scene, 'policies/team/t.yaml'), 0);
    },
    steps(scene, round) {
      const folder = join(scene, 'policies/team');
      const next = join(scene, `next${round}`);
      return [
        () => mkdirSync(next),
        () => write(join(next, 't.yaml'), round),
        () => renameSync(folder, join(scene, `old${round}`)),
        () => renameSync(next, folder),
      ];
    },
  },

  'the text behind a symlink': {
    prepare(scene) {
      policies(scene);
      mkdirSync(join(scene, 'policies/.elsewhere'));
      write(join(scene, 'policies/.elsewhere/text'), 0);
      symlinkSync('.elsewhere/text', join(scene, 'policies/linked.yaml'));
    },
    steps: (scene, round) =>
      round % 2 === 1
        ? saveInPlace(join(scene, 'policies/.elsewhere/text'), round)
        : writeAndRename(join(scene, 'policies/.elsewhere/text'), join(scene, 'policies/.elsewhere/next'), round),
  },

  'a symlink to a file, led elsewhere': {
    prepare(scene) {
      policies(scene);
      write(join(scene, 'policies/.text0'), 0);
      symlinkSync('.text0', join(scene, 'policies/linked.yaml'));
    },
    steps(scene, round) {
      const link = join(scene, 'policies/linked.yaml');
      return [
        () => write(join(scene, `policies/.text${round}`), round),
        () => unlinkSync(link),
        () => symlinkSync(`.text${round}`, link),
      ];
    },
  },

  'the files behind a symlinked folder': {
    prepare(scene) {
      policies(scene);
      mkdirSync(join(scene, 'policies/.elsewhere/deep'), { recursive: true });
      symlinkSync('.elsewhere', join(scene, 'policies/linked'));
    },
    steps: (scene, round) => saveInPlace(join(scene, `policies/.elsewhere/deep/${round % 3}.yaml`), round),
  },

  'a symlink to a folder, led elsewhere': {
    prepare(scene) {
      policies(scene);
      mkdirSync(join(scene, 'policies/.elsewhere0'));
      write(join(scene, 'policies/.elsewhere0/l.yaml'), 0);
      symlinkSync('.elsewhere0', join(scene, 'policies/linked'));
    },
    steps(scene, round) {
      const target = join(scene, `policies/.elsewhere${round}`);
      const link = join(scene, 'policies/linked');
      return [
        () => mkdirSync(target),
        () => write(join(target, 'l.yaml'), round),
        () => symlinkSync(target, `${link}.new`),
        () => renameSync(`${link}.new`, link),
      ];
    },
  },

  'a ConfigMap of Kubernetes': {
    prepare(scene) {
      const folder = join(scene, 'policies');
      mkdirSync(join(folder, '..2026_0'), { recursive: true });
      for (const name of ['a.yaml', 'b.yaml']) {
        write(join(folder, '..2026_0', name), 0);
        symlinkSync(`..data/${name}`, join(folder, name));
      }
      symlinkSync('..2026_0', join(folder, '..data'));
    },
    steps(scene, round) {
      const folder = join(scene, 'policies');
      const next = join(folder, `..2026_${round}`);
      return [
        () => mkdirSync(next),
        () => write(join(next, 'a.yaml'), round),
        () => write(join(next, 'b.yaml'), round),
        () => symlinkSync(`..2026_${round}`, join(folder, '..data_tmp')),
        () => renameSync(join(folder, '..data_tmp'), join(folder, '..data')),
        () => rmSync(join(folder, `..2026_${round - 1}`), { recursive: true }),
      ];
    },
  },

  'a hidden symlink that others lead through': {
    prepare(scene) {
      const folder = join(scene, 'policies');
      mkdirSync(join(folder, '.v0'), { recursive: true });
      write(join(folder, '.v0/a.yaml'), 0);
      symlinkSync('.v0', join(folder, '.current'));
      symlinkSync('.current/a.yaml', join(folder, 'a.yaml'));
    },
    steps(scene, round) {
      const folder = join(scene, 'policies');
      return [
        () => mkdirSync(join(folder, `.v${round}`)),
        () => write(join(folder, `.v${round}/a.yaml`), round),
        () => symlinkSync(`.v${round}`, join(folder, '.next')),
        () => renameSync(join(folder, '.next'), join(folder, '.current')),
      ];
    },
  },

  'a copy of 100 files': {
    prepare(scene) {
      policies(scene);
      mkdirSync(join(scene, 'from'));
    },
    steps(scene, round) {
      for (let index = 0; index < 100; index++) write(join(scene, `from/${index}.yaml`), round);
      const folder = join(scene, 'policies/copy');
      return [
        () => mkdirSync(folder, { recursive: true }),
        ...Array.from(
          { length: 100 },
          (_, index) => () => copyFileSync(join(scene, `from/${index}.yaml`), join(folder, `${index}.yaml`)),
        ),
      ];
    },
  },

  'a git checkout of 1,000 files': {
    root: 'policies/live',
    prepare(scene) {
      const folder = join(scene, 'policies');
      mkdirSync(join(folder, 'live'), { recursive: true });
      git(folder, 'init', '--quiet', '--initial-branch=even');
      for (const [round, branch] of ['even', 'odd'].entries()) {
        if (branch === 'odd') git(folder, 'checkout', '--quiet', '-b', branch);
        for (let index = 0; index < 1_000; index++) {
          mkdirSync(join(folder, `live/team${index % 10}`), { recursive: true });
          // Some files are only on one of the two.
          const name = index % 10 === 0 ? `${branch}-${index}` : `${index}`;
          write(join(folder, `live/team${index % 10}/${name}.yaml`), round * 100 + index);
        }
        if (branch === 'odd') {
          for (let index = 0; index < 1_000; index += 10) unlinkSync(join(folder, `live/team0/even-${index}.yaml`));
        }
        git(folder, 'add', '--all');
        git(folder, 'commit', '--quiet', '-m', branch);
      }
      git(folder, 'checkout', '--quiet', 'even');
    },
    steps: (scene, round) => [
      () => git(join(scene, 'policies'), 'checkout', '--quiet', round % 2 === 1 ? 'odd' : 'even'),
    ],
  },

  'the root renamed away, then back': {
    prepare: policies,
    steps(scene, round) {
      const [from = '', to = ''] = round % 2 === 1 ? ['policies', 'away'] : ['away', 'policies'];
      return [() => renameSync(join(scene, from), join(scene, to))];
    },
  },

  'the root deleted, then made again': {
    prepare: policies,
    steps(scene, round) {
      const folder = join(scene, 'policies');
      return round % 2 === 1
        ? [() => rmSync(folder, { recursive: true })]
        : [() => mkdirSync(folder), ...saveInPlace(join(folder, 'a.yaml'), round)];
    },
  },

  'a root below folders that are not there yet': {
    root: 'not/yet/policies',
    prepare: () => {},
    steps(scene, round) {
      const folder = join(scene, 'not/yet/policies');
      return round % 2 === 1
        ? [() => mkdirSync(folder, { recursive: true }), ...saveInPlace(join(folder, 'a.yaml'), round)]
        : [() => rmSync(join(scene, 'not'), { recursive: true })];
    },
  },

  'a root that is a symlink, led elsewhere': {
    root: 'current',
    prepare(scene) {
      policies(scene);
      symlinkSync('policies', join(scene, 'current'));
    },
    steps(scene, round) {
      const target = join(scene, `policies${round}`);
      return [
        () => mkdirSync(target),
        () => write(join(target, 'a.yaml'), round),
        () => symlinkSync(`policies${round}`, join(scene, 'next')),
        () => renameSync(join(scene, 'next'), join(scene, 'current')),
      ];
    },
  },

  'a file in a root that is a symlink': {
    root: 'current',
    prepare(scene) {
      policies(scene);
      symlinkSync('policies', join(scene, 'current'));
    },
    steps: (scene, round) => saveInPlace(join(scene, 'policies/a.yaml'), round),
  },

  'a symlink above the root, led elsewhere': {
    root: 'release/conf/policies',
    prepare(scene) {
      mkdirSync(join(scene, 'release0/conf/policies'), { recursive: true });
      symlinkSync('release0', join(scene, 'release'));
    },
    steps(scene, round) {
      const folder = join(scene, `release${round}/conf/policies`);
      return [
        () => mkdirSync(folder, { recursive: true }),
        () => write(join(folder, 'a.yaml'), round),
        () => symlinkSync(`release${round}`, join(scene, 'next')),
        () => renameSync(join(scene, 'next'), join(scene, 'release')),
      ];
    },
  },

  'a file that is the root, whatever its name': {
    root: 'policies/only.txt',
    prepare: (scene) => policies(scene, ['only.txt']),
    steps(scene, round) {
      const path = join(scene, 'policies/only.txt');
      return round % 2 === 1 ? saveInPlace(path, round) : writeAndRename(path, join(scene, 'next'), round);
    },
  },
};
