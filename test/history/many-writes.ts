import { openHistory } from '../../src/history/history.ts';
import { config, entry } from './revisions.ts';

/** One of several processes that record into a folder at the same time. */
const [folder = '', name = '', count = ''] = process.argv.slice(2);
const history = openHistory(folder, { limits: { entries: 1_000, bytes: 100_000_000, good: 5 } });
for (let number = 1; number <= Number(count); number++) {
  const problems = await history.record(entry(`${name}-${number}`), config(name));
  if (problems.length > 0) throw new Error(problems.join('; '));
}
