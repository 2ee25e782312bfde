import { compile, createCompile } from '../../src/compile.ts';
import { goldenTarget } from '../support/golden.ts';
import { benchSites, policiesOf } from './sites.ts';

/** How the times of compiling in one process are called. */
export type CompileTimes = Readonly<Record<'cold' | 'warm' | 'oneFile', number>>;

/** A process of its own, so that "cold" is cold: prints milliseconds as JSON. Argument: how many sites, ten in a file. */
function main(): void {
  const sites = benchSites(Number(process.argv[2]));
  const sources = policiesOf(sites, Math.ceil(sites.length / 10));
  const cold = timeOf(() => compile(sources, goldenTarget));
  timeOf(() => compile(sources, goldenTarget));
  const warm = timeOf(() => compile(sources, goldenTarget));
  const compileAgain = createCompile();
  compileAgain(sources, goldenTarget);
  const edited = sources.map(({ path, text }, index) => ({ path, text: index === 0 ? `${text}# saved\n` : text }));
  const oneFile = timeOf(() => compileAgain(edited, goldenTarget));
  const times: CompileTimes = { cold, warm, oneFile };
  process.stdout.write(JSON.stringify(times));
}

function timeOf(work: () => { readonly config?: unknown }): number {
  const begun = performance.now();
  const { config } = work();
  const ms = performance.now() - begun;
  if (config === undefined) throw new Error('the policies of the benchmark have a mistake');
  return ms;
}

main();
