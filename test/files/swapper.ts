import { renameSync, symlinkSync, unlinkSync } from 'node:fs';

/** A process that puts a link to `target` in the place of a folder and takes it away again, until it is ended. */
const [folder = '', target = ''] = process.argv.slice(2);

for (let round = 0; ; round++) {
  renameSync(folder, `${folder}.own`);
  symlinkSync(target, folder);
  unlinkSync(folder);
  renameSync(`${folder}.own`, folder);
  if (round === 0) process.send?.('started');
}
