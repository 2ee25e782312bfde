import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchSources } from '../../src/files/watch.ts';

/** A process under a limit: says its problem, then that it saw a change in a folder that it could not watch. */
const folder = process.argv[2] ?? '';
const controller = new AbortController();
await watchSources([folder], {
  sweepMs: 3_600_000,
  onProblem: ({ code }) => console.log(code),
  onTrigger() {
    console.log('trigger');
    controller.abort();
  },
  signal: controller.signal,
});
writeFileSync(join(folder, 'team9/a.yaml'), 'a: 1\n');
