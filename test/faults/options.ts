import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { Row } from './row.ts';
import { rows } from './rows.ts';

export const usage = `npm run test:faults -- [options]
  --rows a,b           only these: ${rows.map(({ name }) => name).join(', ')}
  --rounds-factor N    so many times the rounds, such as 0.1
  --long               the random faults, too
  --minutes N          how long those go on: 30
  --seed N             repeats what a run did; $CADDYCTL_SEED
  --caddy PATH         this Caddy; else the machine's, or one that is obtained
  --json FILE          where the raw figures go; .cache/faults.json
`;

export interface Options {
  readonly rows: readonly Row[];
  readonly factor: number;
  readonly minutes: number;
  readonly seed: number;
  readonly caddy: string | undefined;
  readonly json: string | undefined;
  readonly help: boolean;
}

/** Throws an Error with a sentence for who typed it. */
export function optionsOf(args: readonly string[], env: NodeJS.ProcessEnv): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string' },
      'rounds-factor': { type: 'string', default: '1' },
      long: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string' },
      caddy: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    rows: chosen(values.rows?.split(','), values.long),
    factor: positive('rounds-factor', values['rounds-factor']),
    minutes: positive('minutes', values.minutes),
    seed: positive('seed', values.seed ?? env['CADDYCTL_SEED'] ?? String(randomInt(1, 1_000_000))),
    caddy: values.caddy,
    json: values.json,
    help: values.help,
  };
}

function chosen(names: readonly string[] | undefined, isLong: boolean): readonly Row[] {
  const unknown = names?.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined) throw new Error(`there is no row ${unknown}`);
  return rows.filter((row) => (names === undefined ? isLong || row.isLong !== true : names.includes(row.name)));
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} takes a number above 0, not ${text}`);
  return number;
}
