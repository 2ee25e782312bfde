import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export const usage = `npm run test:fuzz -- [options]
  --minutes N    how long it goes on: 2
  --long         an hour
  --inputs N     so many inputs in place of a time
  --seed N       repeats what a run did; $CADDYCTL_SEED
  --first N      begins with that input of the seed's: 0
  --caddy PATH   this Caddy; else the machine's, or one that is obtained
  --keep FOLDER  where inputs that fail go; .cache/fuzz
`;

export interface Options {
  /** Whichever is over first. */
  readonly minutes: number;
  readonly inputs: number;
  readonly seed: number;
  readonly first: number;
  readonly caddy: string | undefined;
  readonly keep: string | undefined;
  readonly help: boolean;
}

/** Throws an Error with a sentence for who typed it. */
export function optionsOf(args: readonly string[], env: NodeJS.ProcessEnv): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string' },
      long: { type: 'boolean', default: false },
      inputs: { type: 'string' },
      seed: { type: 'string' },
      first: { type: 'string', default: '0' },
      caddy: { type: 'string' },
      keep: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const isCounted = values.inputs !== undefined && values.minutes === undefined && !values.long;
  const minutes = values.minutes ?? (values.long ? '60' : '2');
  return {
    minutes: isCounted ? Number.POSITIVE_INFINITY : number('minutes', minutes, 0.01),
    inputs: values.inputs === undefined ? Number.POSITIVE_INFINITY : number('inputs', values.inputs, 1),
    seed: number('seed', values.seed ?? env['CADDYCTL_SEED'] ?? String(randomInt(1, 1_000_000)), 1),
    first: number('first', values.first, 0),
    caddy: values.caddy,
    keep: values.keep,
    help: values.help,
  };
}

function number(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least)) throw new Error(`--${name} takes a number from ${least}, not ${text}`);
  return value;
}
