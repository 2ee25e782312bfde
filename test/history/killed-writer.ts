import { writeSync } from 'node:fs';
import { openHistory } from '../../src/history/history.ts';
import { config, entry } from './revisions.ts';
import { steppedFiles } from './stepped-files.ts';

/**
 * Records, pins and unpins in a folder, says on standard output what was acknowledged, and is killed before the step that it
 * is told, or at its end. Told none, it says how many there are. Reading is no step.
 */
const [folder = '', name = '', deadline] = process.argv.slice(2);
let steps = 0;
const files = steppedFiles((operation) => {
  if (['lstat', 'readdir', 'readFile'].includes(operation)) return;
  if (++steps === Number(deadline)) process.kill(process.pid, 'SIGKILL');
});
const history = openHistory(folder, { files });
const acknowledge = (what: string): void => void writeSync(1, `${what}\n`);

await history.record(entry(name), config('x'.repeat(5_000)));
acknowledge('recorded');
await history.writePin({
  time: '2026-01-02T03:04:05.678Z',
  revision: name,
  by: { user: 'ann', command: 'rollback', version: '1.0.0' },
  caddy: 'localhost:2019',
});
acknowledge('pinned');
await history.writePin(undefined);
acknowledge('unpinned');
if (deadline !== undefined) process.kill(process.pid, 'SIGKILL');
acknowledge(`${steps}`);
