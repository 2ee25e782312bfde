import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { findCaddy } from '../../src/binary/find.ts';
import { obtainCaddy, oldestObtained } from '../../src/binary/obtain.ts';
import { type Options, optionsOf, usage } from './options.ts';
import { type Failure, type Figures, fuzz } from './run.ts';

const root = join(import.meta.dirname, '../..');
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const everyMs = 10_000;

async function obtainedCaddy(): Promise<string> {
  const cacheFolder = join(root, '.cache/caddy');
  const found = await findCaddy({ env: process.env, cacheFolder, say, oldest: oldestObtained });
  return (found ?? (await obtainCaddy({ cacheFolder, say }))).path;
}

/** As files, to be given to caddyctl again. */
async function keep(folder: string, { number, input }: Failure): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { path, text } of input.sources) await writeFile(join(folder, `${number}-${basename(path)}`), text);
}

function wordsOf({ inputs, asked, failures, slowest, codes }: Figures): string {
  return `${inputs} inputs, ${asked} configs that Caddy was asked for, ${codes.size} codes, slowest ${Math.round(slowest)} ms, ${failures} failures`;
}

async function main({ caddy, seed, first, minutes, inputs, keep: kept }: Options): Promise<number> {
  const caddyPath = caddy ?? (await obtainedCaddy());
  const folder = kept ?? join(root, '.cache/fuzz');
  say(`seed ${seed}, Caddy ${caddyPath}`);
  const end = performance.now() + minutes * 60_000;
  let nextWords = performance.now() + everyMs;
  const keeping: Promise<void>[] = [];
  const figures = await fuzz({
    caddyPath,
    seed,
    first,
    goesOn: (done) => done < inputs && performance.now() < end,
    onFailure(failure) {
      const texts = failure.input.sources.map(({ text }) => text.slice(0, 2_000)).join('\n---\n');
      say(`\ninput ${failure.number} of seed ${seed}: ${failure.fault}\n${texts}\n`);
      keeping.push(keep(folder, failure));
    },
    onProgress(now) {
      if (performance.now() < nextWords) return;
      nextWords = performance.now() + everyMs;
      say(wordsOf(now));
    },
  });
  await Promise.all(keeping);
  say(wordsOf(figures));
  if (figures.failures > 0) say(`seed ${seed}; the inputs are in ${folder}`);
  return figures.failures > 0 ? 1 : 0;
}

function typedOptions(): Options | undefined {
  try {
    return optionsOf(process.argv.slice(2), process.env);
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return undefined;
  }
}

const options = typedOptions();
if (options?.help) process.stdout.write(usage);
else process.exit(options === undefined ? 64 : await main(options));
