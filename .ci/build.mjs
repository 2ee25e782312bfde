// `npm run build`: the program as it is published, in dist/ or the folder given. One file with Node's compile
// cache, which halves the time of a start, and a small one for a command line that names no command, which only wants help.
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { verbs } from '../src/cli/verbs.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src');
const target = resolve(process.argv[2] ?? join(root, 'dist'));
const { name, version, description, license, engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

await rm(target, { recursive: true, force: true });
await mkdir(join(target, 'bin'), { recursive: true });

/** Commander starts programs for commands of another kind than ours, and a tenth of a start is what it loads for that. */
const childProcessLate = {
  name: 'child-process-late',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/commander/') ? { path: 'child_process', namespace: 'late' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'late' }, () => ({
      contents: "module.exports = { spawn: (...args) => require('node:child_process').spawn(...args) };",
    }));
  },
};

/** What the commands do is in the other file: this one is only loaded where none is named (see bin.cjs). */
const withoutCommands = {
  name: 'without-commands',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/commands\// }, () => ({ path: './caddyctl.cjs', external: true }));
  },
};

const program = {
  entryPoints: [join(source, 'main.ts')],
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node22.22',
  format: 'cjs',
  // Licences of what is in it, in a file beside it.
  legalComments: 'linked',
  banner: { js: "const programUrl=require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'programUrl' },
  logLevel: 'warning',
};
await build({ ...program, outfile: join(target, 'lib/caddyctl.cjs'), plugins: [childProcessLate] });
await build({ ...program, outfile: join(target, 'lib/help.cjs'), plugins: [childProcessLate, withoutCommands] });
await cp(join(source, 'daemon/status/page'), join(target, 'lib/page'), { recursive: true });
const bin = await readFile(join(root, '.ci/bin.cjs'), 'utf8');
const names = verbs.map(({ name }) => `'${name}'`).join(', ');
await writeFile(join(target, 'bin/caddyctl.cjs'), bin.replace("['VERBS']", `[${names}]`));
await chmod(join(target, 'bin', 'caddyctl.cjs'), 0o755);
for (const file of ['README.md', 'LICENSE']) await cp(join(root, file), join(target, file));
// What it needs is within it: who installs it gets no other package, and runs no script.
const published = { name, version, description, license, engines, bin: { [name]: 'bin/caddyctl.cjs' } };
await writeFile(join(target, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
