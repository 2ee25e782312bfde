import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until there is something, and gives it; throws when there is nothing after half a minute. */
export async function until<T>(what: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (let tries = 1; tries <= 1_200; tries++) {
    const found = await what();
    if (found !== undefined) return found;
    await sleep(25);
  }
  throw new Error(`this did not come about: ${what.toString()}`);
}
