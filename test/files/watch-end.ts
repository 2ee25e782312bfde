import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchSources } from '../../src/files/watch.ts';

/** A process that watches, stops watching at some moment, and then has nothing to do any more. */
const { paths, options, abort } = JSON.parse(process.argv[2] ?? '{}');

const controller = new AbortController();
let triggers = 0;
if (abort === 'first') controller.abort();
const beginning = watchSources(paths, {
  ...options,
  onTrigger: () => triggers++,
  onProblem: () => {},
  signal: controller.signal,
});
if (abort === 'beginning') controller.abort();
const { closed } = await beginning;
if (abort === 'burst') writeFileSync(join(paths[0], 'a.yaml'), 'a: 1\n');
controller.abort();
await closed;
process.send?.({ triggers }, () => process.disconnect());
