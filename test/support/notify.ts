import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** A service manager that writes down what it is told. */
export interface Notified {
  /** For the environment of the service. */
  readonly env: Readonly<Record<string, string>>;
  /** A message each, in the order in which they came. */
  told(): Promise<readonly string[]>;
}

/** In place of systemd's program in this folder, for machines without systemd. */
export async function startNotified(folder: string): Promise<Notified> {
  const path = join(folder, 'systemd-notify');
  await writeFile(path, `#!/bin/sh\necho "$*" >> '${folder}/told'\n`);
  await chmod(path, 0o755);
  return {
    env: { PATH: `${folder}${delimiter}${process.env['PATH']}`, NOTIFY_SOCKET: join(folder, 'none') },
    async told() {
      const text = await readFile(join(folder, 'told'), 'utf8').catch(() => '');
      return text.split('\n').slice(0, -1);
    },
  };
}
