import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { canonical } from '../caddy/json.ts';
import { systemFiles } from '../files/file-system.ts';
import { systemReason } from '../files/problem.ts';
import { inputsDigest } from '../history/inputs.ts';
import { sha256 } from '../history/seal.ts';
import { writeWhole } from '../history/write-whole.ts';
import { planAsJson } from '../plan/as-json.ts';
import type { Plan } from '../plan/plan.ts';
import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';
import type { PlanBasis } from './plan-basis.ts';

/** Everything that a plan was made from, each as a text that changes when it does. No config, and so no secret, is in it. */
interface Grounds {
  readonly owner: string;
  readonly caddy: string;
  readonly policies: string;
  readonly revision: string;
  readonly plan: string;
  readonly apps: string;
  readonly logging: string;
}

const GROUNDS: Readonly<Record<keyof Grounds, string>> = {
  owner: 'it was made for another owner',
  caddy: 'it was made for another Caddy',
  policies: 'the policies have changed',
  revision: 'the policies come to another config, by other flags, another environment or another caddyctl',
  apps: 'what Caddy runs has changed',
  logging: "Caddy's logging has changed",
  plan: 'other things would change by now',
};

const VERSION = 1;
const MOST_BYTES = 64 * 1024 * 1024;

/** Keeps a plan for `apply --plan`, in a file that only this user can read. */
export async function writePlanFile(path: string, plan: Plan, basis: PlanBasis): Promise<void> {
  const said = { caddyctlPlan: VERSION, grounds: groundsOf(plan, basis), shown: planAsJson(plan) };
  // As it will be read: what is undefined is not written.
  const content = JSON.parse(JSON.stringify(said)) as object;
  const text = `${JSON.stringify({ ...content, digest: digestOf(content) }, null, 2)}\n`;
  try {
    await writeWhole(systemFiles, dirname(resolve(path)), basename(path), [text]);
  } catch (error) {
    const hint = 'name a file, in a folder that is there';
    throw new Failure(exitCodes.usage, `the plan cannot be written to ${path}: ${systemReason(error)}`, hint);
  }
}

/** Reads one, and gives what ends a pass by a Failure unless it is about to do exactly that. */
export async function readPlanFile(path: string): Promise<(plan: Plan, basis: PlanBasis) => void> {
  const grounds = parse(path, await read(path));
  return (plan, basis) => {
    const now = groundsOf(plan, basis);
    const changed = (Object.keys(GROUNDS) as (keyof Grounds)[]).find((key) => now[key] !== grounds[key]);
    if (changed === undefined) return;
    const hint = 'make a new one: `caddyctl diff --out`';
    throw new Failure(exitCodes.conflict, `the plan in ${path} is no longer true: ${GROUNDS[changed]}`, hint);
  };
}

function groundsOf({ base, digest }: Plan, { owner, caddy, inputs, revision }: PlanBasis): Grounds {
  const hash = (value: Parameters<typeof canonical>[0]): string => sha256(canonical(value));
  return {
    owner,
    caddy,
    policies: inputsDigest(inputs),
    revision,
    plan: digest,
    apps: hash(base.apps.value),
    logging: hash(base.logging.value),
  };
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Failure(exitCodes.usage, `${path} cannot be read: ${systemReason(error)}`, 'write it with `diff --out`');
  }
}

function parse(path: string, text: string): Grounds {
  const no = (why: string): Failure =>
    new Failure(exitCodes.conflict, `${path} ${why}`, 'make a new one: `caddyctl diff --out`');
  if (text.length > MOST_BYTES) throw no('is no plan of caddyctl');
  const read = jsonObject(text);
  if (read === undefined || !('caddyctlPlan' in read)) throw no('is no plan of caddyctl');
  if (read['caddyctlPlan'] !== VERSION) throw no('was made by another version of caddyctl');
  const { digest, ...content } = read;
  if (digest !== digestOf(content)) throw no('was changed since it was written');
  const { grounds } = content as { grounds?: unknown };
  const keys = Object.keys(GROUNDS);
  const isWhole =
    typeof grounds === 'object' &&
    grounds !== null &&
    Object.keys(grounds).length === keys.length &&
    keys.every((key) => typeof (grounds as Record<string, unknown>)[key] === 'string');
  if (!isWhole || Object.keys(content).length !== 3) throw no('is no plan of caddyctl');
  return grounds as Grounds;
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function digestOf(content: object): string {
  return sha256(canonical(content as Parameters<typeof canonical>[0]));
}
