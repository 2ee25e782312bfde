// `npm run build`: the program as it is published, in dist/ or the folder given. One file with Node's compile
// cache, which halves the time of a start. Many small ones start as fast; one is simpler to look through and to hand on.
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src');
const target = resolve(process.argv[2] ?? join(root, 'dist'));
const { name, version, description, license, engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

await rm(target, { recursive: true, force: true });
await mkdir(join(target, 'bin'), { recursive: true });
await build({
  entryPoints: [join(source, 'main.ts')],
  outfile: join(target, 'lib', 'caddyctl.cjs'),
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
});
await cp(join(source, 'daemon/status/page'), join(target, 'lib/page'), { recursive: true });
await cp(join(root, '.ci/bin.cjs'), join(target, 'bin', 'caddyctl.cjs'));
await chmod(join(target, 'bin', 'caddyctl.cjs'), 0o755);
for (const file of ['README.md', 'LICENSE']) await cp(join(root, file), join(target, file));
// What it needs is within it: who installs it gets no other package, and runs no script.
const published = { name, version, description, license, engines, bin: { [name]: 'bin/caddyctl.cjs' } };
await writeFile(join(target, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
