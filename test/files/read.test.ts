import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readLimits, readSources, type Sources } from '../../src/files/read.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caddyctl-read-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string | Uint8Array = `# ${path}\n`): string {
  const full = join(folder, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, text);
  return full;
}

async function read(paths: readonly string[], stdin = ''): Promise<Sources> {
  return await readSources(paths, { stdin: Readable.from([stdin]) });
}

function names({ sources }: Sources): string[] {
  return sources.map(({ path }) => path.replace(`${folder}/`, ''));
}

function problems({ diagnostics }: Sources): string[] {
  return diagnostics.map(({ code, place }) => `${code} ${place?.file.path.replace(`${folder}/`, '')}`);
}

describe('which files', () => {
  test('policies below a folder, sorted by the bytes of their paths', async () => {
    for (const path of [
      'b.yml',
      'a.yaml',
      'Z.json',
      'sub/deep/é.yaml',
      'sub/z.yaml',
      'a-b.yaml',
      'a/x.yaml',
      'LOUD.YAML',
    ]) {
      write(path);
    }
    const result = await read([folder]);
    expect(names(result)).toEqual([
      'LOUD.YAML',
      'Z.json',
      'a-b.yaml',
      'a.yaml',
      'a/x.yaml',
      'b.yml',
      'sub/deep/é.yaml',
      'sub/z.yaml',
    ]);
    expect(result.sources[3]?.text).toBe('# a.yaml\n');
    expect(problems(result)).toEqual([]);
  });

  test('not what editors and others leave behind', async () => {
    const leftovers = [
      'x.yaml~',
      '.x.yaml.swp',
      '#x.yaml#',
      '.hidden.yaml',
      '.git/config.yaml',
      'README.md',
      '4913',
      'yaml',
    ];
    for (const path of ['x.yaml', ...leftovers]) {
      write(path);
    }
    symlinkSync('someone@host.1234:5678', join(folder, '.#x.yaml'));
    expect(names(await read([folder]))).toEqual(['x.yaml']);
  });

  test('a file that is named itself, whatever its name', async () => {
    const path = write('.odd.txt');
    expect(names(await read([path]))).toEqual(['.odd.txt']);
  });

  test('the order and repetition of paths make no difference', async () => {
    const a = write('a.yaml');
    const b = write('b.yaml');
    expect(names(await read([b, folder, a, `${folder}/./a.yaml`]))).toEqual(['a.yaml', 'b.yaml']);
  });

  test('a Kubernetes ConfigMap is read once, through its links', async () => {
    write('..2026_11_20_10_00_00.1/a.yaml', 'a: 1');
    symlinkSync('..2026_11_20_10_00_00.1', join(folder, '..data'));
    symlinkSync('..data/a.yaml', join(folder, 'a.yaml'));
    const result = await read([folder]);
    expect(names(result)).toEqual(['a.yaml']);
    expect(result.sources[0]?.text).toBe('a: 1');
  });

  test('links to folders are followed, in circles only once', async () => {
    write('policies/a.yaml');
    write('elsewhere/b.yaml');
    symlinkSync('../elsewhere', join(folder, 'policies/linked'));
    symlinkSync('.', join(folder, 'policies/self'));
    symlinkSync('../policies', join(folder, 'elsewhere/back'));
    const roots = ['policies', 'elsewhere'].map((name) => join(folder, name));
    for (const paths of [roots, roots.toReversed()]) {
      const result = await read(paths);
      expect(names(result)).toEqual(['elsewhere/b.yaml', 'policies/a.yaml']);
      expect(problems(result)).toEqual([]);
    }
  });

  test('a file is known by its own path, not by that of a link that comes before it', async () => {
    write('policies/team-b/site.yaml');
    mkdirSync(join(folder, 'policies/team-a'));
    symlinkSync('../team-b/site.yaml', join(folder, 'policies/team-a/a.yaml'));
    symlinkSync('team-b', join(folder, 'policies/a'));
    expect(names(await read([join(folder, 'policies')]))).toEqual(['policies/team-b/site.yaml']);
  });

  test('standard input comes first, once', async () => {
    const a = write('a.yaml');
    const result = await read(['-', a, '-'], 'b: 2');
    expect(result.sources.map(({ path, text }) => [path, text])).toEqual([
      ['<stdin>', 'b: 2'],
      [a, '# a.yaml\n'],
    ]);
  });

  test('more files than one reader takes at a time, in order', async () => {
    const expected = Array.from({ length: 300 }, (_, index) => `f${String(index).padStart(3, '0')}.yaml`);
    for (const path of expected) {
      write(path);
    }
    const result = await read([folder]);
    expect(names(result)).toEqual(expected);
    expect(result.sources.every(({ path, text }) => text === `# ${path.slice(folder.length + 1)}\n`)).toBe(true);
  });
});

describe('what cannot be read is said', () => {
  test('a missing path, with what may have been meant', async () => {
    write('policies/a.yaml');
    const result = await read([join(folder, 'polices'), join(folder, 'policies/zzzzzzz.yaml')]);
    expect(problems(result)).toEqual(['file-missing polices', 'file-missing policies/zzzzzzz.yaml']);
    expect(result.diagnostics[0]?.hint).toBe(`did you mean \`${join(folder, 'policies')}\`?`);
    expect(result.diagnostics[1]?.hint).toContain('policies/');
    expect(result.diagnostics.every(({ severity }) => severity === 'error')).toBe(true);
  });

  test('a FIFO never blocks', async () => {
    write('a.yaml');
    const fifo = join(folder, 'pipe.yaml');
    execFileSync('mkfifo', [fifo]);
    for (const paths of [[folder], [fifo]]) {
      expect(problems(await read(paths))).toEqual(['file-not-regular pipe.yaml']);
    }
  });

  test('a device', async () => {
    expect(problems(await read(['/dev/zero']))).toEqual(['file-not-regular /dev/zero']);
  });

  test('a socket', async () => {
    const server = createServer();
    const path = join(folder, 's.yaml');
    await new Promise<void>((resolve) => {
      server.listen(path, resolve);
    });
    const result = await read([folder]);
    server.close();
    expect(problems(result)).toEqual(['file-unreadable s.yaml']);
  });

  test('links that lead nowhere or in a circle', async () => {
    symlinkSync('gone.yaml', join(folder, 'a.yaml'));
    symlinkSync('b.yaml', join(folder, 'b.yaml'));
    symlinkSync('gone', join(folder, 'unrelated'));
    expect(problems(await read([folder]))).toEqual(['file-missing a.yaml', 'file-missing b.yaml']);
  });

  test.skipIf(process.getuid?.() === 0)(
    'a file and a folder without permission (not tried as root, who may read all)',
    async () => {
      chmodSync(write('a.yaml'), 0);
      write('sub/b.yaml');
      chmodSync(join(folder, 'sub'), 0);
      const result = await read([folder]);
      chmodSync(join(folder, 'sub'), 0o700);
      expect(problems(result)).toEqual(['file-unreadable sub', 'file-unreadable a.yaml']);
      expect(result.diagnostics[0]?.message).toContain('permission denied');
    },
  );

  test('a file over the limit, and not one at it', async () => {
    write('at.yaml', '#'.repeat(readLimits.bytes));
    write('over.yaml', '#'.repeat(readLimits.bytes + 1));
    const result = await read([folder]);
    expect(names(result)).toEqual(['at.yaml']);
    expect(result.sources[0]?.text.length).toBe(readLimits.bytes);
    expect(problems(result)).toEqual(['file-too-large over.yaml']);
  });

  test('endless standard input', async () => {
    let chunks = 0;
    async function* endless(): AsyncGenerator<string> {
      for (;;) {
        chunks++;
        yield 'x'.repeat(65_536);
      }
    }
    const result = await readSources(['-'], { stdin: endless() });
    expect(problems(result)).toEqual(['file-too-large <stdin>']);
    expect(chunks).toBe(17);
  });

  test('more files than the limit', async () => {
    for (const path of ['a.yaml', 'b/c.yaml', 'd/e.yaml']) {
      write(path);
    }
    const limits = { ...readLimits, files: 2 };
    const result = await readSources([folder], { stdin: Readable.from([]), limits });
    expect(result.sources).toEqual([]);
    expect(result.diagnostics.map(({ code, severity }) => [code, severity])).toEqual([['too-many-files', 'error']]);
    const enough = await readSources([folder], { stdin: Readable.from([]), limits: { ...limits, files: 3 } });
    expect(enough.sources).toHaveLength(3);
  });

  test('more files than the limit, of which several roots hold the same', async () => {
    for (const path of ['a/1.yaml', 'a/2.yaml', 'b/3.yaml']) {
      write(path);
    }
    const limits = { ...readLimits, files: 3 };
    const { sources } = await readSources([join(folder, 'a'), folder], { stdin: Readable.from([]), limits });
    expect(sources).toHaveLength(3);
  });

  test('more to look through than the limit, hidden or not, of whatever name', async () => {
    for (const path of ['a.yaml', 'notes.txt', 'sub/.hidden', 'sub/README.md']) {
      write(path);
    }
    const codes = async (entries: number): Promise<(readonly string[])[]> => {
      const limits = { ...readLimits, entries };
      const result = await readSources([folder], { stdin: Readable.from([]), limits });
      return [result.sources.map(({ path }) => path), result.diagnostics.map(({ code }) => code)];
    };
    expect(await codes(5)).toEqual([[join(folder, 'a.yaml')], []]);
    expect(await codes(4)).toEqual([[], ['too-many-entries']]);
  });

  test('more bytes in all files than the limit, standard input and what is no text included', async () => {
    write('a.yaml', '#'.repeat(40));
    write('b.yaml', Buffer.alloc(40, 0xff));
    const codes = async (allBytes: number): Promise<string[]> => {
      const limits = { ...readLimits, allBytes };
      const { diagnostics } = await readSources([folder, '-'], { stdin: Readable.from(['# in']), limits });
      return diagnostics.map(({ code, severity }) => `${severity} ${code}`);
    };
    expect(await codes(40 + 40 * 3 + 4)).toEqual(['error file-not-utf8']);
    expect(await codes(40 + 40 * 3 + 3)).toEqual(['error files-too-large']);
  });

  test('a folder without policies, as a warning', async () => {
    write('README.md');
    const result = await read([folder]);
    expect(result.diagnostics.map(({ code, severity }) => [code, severity])).toEqual([['folder-empty', 'warning']]);
  });
});

describe('text', () => {
  test('bytes that are not UTF-8, at their place', async () => {
    write('a.yaml', Buffer.concat([Buffer.from('\ufeffé: \ufffd\nb: '), Buffer.from([0xe9, 0x0a])]));
    const { sources, diagnostics } = await read([folder]);
    expect(sources).toEqual([]);
    const [problem] = diagnostics;
    expect(problem?.code).toBe('file-not-utf8');
    expect(problem?.place?.file.text.slice(0, problem.place.range.start)).toBe('é: \ufffd\nb: ');
  });

  test('UTF-16 is named', async () => {
    write('a.yaml', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a: 1\n', 'utf16le')]));
    expect((await read([folder])).diagnostics[0]?.hint).toContain('UTF-16');
  });

  test('a byte order mark is dropped, an empty file is a source', async () => {
    write('a.yaml', '\ufeffa: 1');
    write('b.yaml', '');
    expect((await read([folder])).sources.map(({ text }) => text)).toEqual(['a: 1', '']);
  });

  test.skipIf(process.platform !== 'linux')(
    'files whose size is told as 0 are read to their end (Linux: /proc)',
    async () => {
      const { sources } = await read(['/proc/self/status']);
      expect(sources[0]?.text).toMatch(/^Name:[\s\S]*\n$/);
    },
  );
});
