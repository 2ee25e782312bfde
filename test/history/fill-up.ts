import { degraded } from '../../src/history/degraded.ts';
import { openHistory } from '../../src/history/history.ts';
import { config, entry } from './revisions.ts';

/** Records until the disk is full and three times more, and says what came of each, then what a reader finds, as JSON. */
const [folder = '', size = ''] = process.argv.slice(2);
const history = openHistory(folder);
const kept: string[] = [];
const refused: string[] = [];
for (let number = 1; refused.length < 4 && number <= 100; number++) {
  const name = `r${number}`;
  try {
    // Each is larger than the one before, for a limit on the size of one file as well as for one on all of them.
    await history.record(entry(name), config('x'.repeat(number * Number(size))));
    kept.push(name);
  } catch (error) {
    refused.push(degraded(folder, error).message);
  }
}
const { entries, problems } = await history.read();
for (const each of entries) await history.config(each);
const found = entries.map(({ revision }) => revision).toReversed();
process.stdout.write(JSON.stringify({ kept, refused, found, problems }));
