import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { behaviourChanges } from '../../src/behaviour/behaviour.ts';
import type { Line } from '../../src/behaviour/line.ts';
import { changeText } from '../../src/behaviour/words.ts';
import { compile } from '../../src/compile.ts';
import { type Explainer, explainer } from '../../src/explain/explainer.ts';
import type { Asked } from '../../src/explain/asked.ts';
import { policySet } from '../support/arbitrary/policy.ts';
import { requestsOf } from '../support/arbitrary/request.ts';
import { mutated } from '../support/behaviour/mutate.ts';
import { differing, observed, toBeTold } from '../support/behaviour/observe.ts';
import { type Play, Stage } from '../support/behaviour/stage.ts';
import { goldenTarget } from '../support/golden.ts';
import { randomFrom } from '../support/random.ts';
import { hashOfSecret } from '../support/sandboxed-config.ts';

/** A campaign: `CADDYCTL_LONG=1` for the whole, `SEED=…` to repeat one from there. */
const isLong = process.env['CADDYCTL_LONG'] === '1';
const pairs = isLong ? 50 : 2;
const requests = isLong ? 400 : 120;
const firstSeed = Number(process.env['SEED'] ?? 1);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start(inject('caddyPath'));
});
afterAll(() => stage?.stop());

const credentials = [`Basic ${Buffer.from('adam:secret').toString('base64')}`, `Bearer ${hashOfSecret}`];

function compiled(set: object) {
  const { config, model, diagnostics } = compile([{ path: 'policy.yaml', text: JSON.stringify(set) }], goldenTarget);
  return config && model && { config, model, diagnostics };
}

/** Two sets of policies, the one made of the other. */
function pairOf(seed: number) {
  const random = randomFrom(seed);
  const [set = {}, ...donors] = fc.sample(policySet, { seed, numRuns: 40 });
  const old = compiled(set);
  if (!old) throw new Error('a set that does not compile');
  for (const donor of donors) {
    const changed = mutated(set, donor, random);
    const now = JSON.stringify(changed) === JSON.stringify(set) ? undefined : compiled(changed);
    if (now) return { old, now, texts: [set, changed] };
  }
  throw new Error('no edit that compiles');
}

/** What the app of this test cannot show: what takes time, a broken app, or another secret of the same content. */
const SILENT = /^(gate|compression|connection to the app|error pages|rate limit|protocols|certificate)$/;

/** A placeholder for a password becomes the right one. */
function withCredential(asked: Asked): Asked {
  const headers = asked.headers.map(([name, value]) => {
    if (name !== 'Authorization') return [name, value] as const;
    const user = Buffer.from(value.replace(/^Basic /, ''), 'base64')
      .toString()
      .split(':', 1)[0];
    return value.startsWith('Basic ')
      ? ([name, `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`] as const)
      : ([name, `Bearer ${hashOfSecret}`] as const);
  });
  return { ...asked, headers };
}

async function look(play: Play, asked: Asked) {
  // What needs another client is told to be so.
  if (/^http\/[23]/.test(asked.protocol)) return new Map<string, string>();
  return observed(await play(asked), asked.method !== 'HEAD');
}

/** Whether a line speaks of what differs. */
function tells(line: Line, what: string): boolean {
  const { of } = line.change;
  return of === 'host' || of === 'listener' || of.toLowerCase() === what;
}

test(`the behaviour diff is complete and no line is empty talk: ${pairs} pairs`, { timeout: 3_600_000 }, async () => {
  const count = { asked: 0, differing: 0, lines: 0, shown: 0, silent: 0, open: 0, unaskable: 0, same: 0 };
  const faults: string[] = [];
  for (let seed = firstSeed; seed < firstSeed + pairs; seed++) {
    const { old, now, texts } = pairOf(seed);
    const { lines, notes } = behaviourChanges(
      { model: old.model, surroundings: goldenTarget },
      { model: now.model, surroundings: goldenTarget },
    );
    if (lines.length === 0) count.same++;
    const explained = [explainer(old.model, goldenTarget), explainer(now.model, goldenTarget)] as const;
    const asked = [
      ...requestsAround(
        explained,
        [old, now].map(({ model }) => model),
        seed,
      ),
    ];
    const examples = lines.map(({ example }) => withCredential(example));
    const before: Awaited<ReturnType<typeof look>>[] = [];
    const first = await stage.play(old.config, old.model);
    for (const each of [...asked, ...examples]) before.push(await look(first, each));
    const second = await stage.play(now.config, now.model);
    for (const [at, each] of [...asked, ...examples].entries()) {
      const is = await look(second, each);
      const was = before[at] ?? new Map<string, string>();
      const differs = differing(was, is);
      const line = lines[at - asked.length];
      if (line === undefined) {
        count.asked++;
        if (differs.length > 0) count.differing++;
        const covering = differs.length === 0 ? [] : lines.filter(({ covers }) => covers(each));
        const untold = toBeTold(differs, was, is).filter((what) => !covering.some((one) => tells(one, what)));
        if (untold.length > 0)
          faults.push(
            `seed ${seed}: untold ${untold.join(', ')} of ${JSON.stringify(each)} ${notes.join()} ${JSON.stringify([was, is].map((one) => [...(one ?? [])].filter(([name]) => differs.includes(name))))}`,
          );
        continue;
      }
      count.lines++;
      // The way in itself: whoever asks goes the one that is there.
      const isWay =
        line.change.of === 'listener' && line.change.before !== undefined && line.change.after !== undefined;
      const isRaw = explained.every(({ answerTo }) => answerTo(each).ways[0]?.end.kind === 'raw');
      if (SILENT.test(line.change.of) || isWay || (isRaw && line.change.of !== 'answer')) count.silent++;
      else if (/^http\/[23]/.test(each.protocol)) count.unaskable++;
      else if (line.provided.length > 0) count.open++;
      else if (differs.some((what) => tells(line, what))) count.shown++;
      else
        faults.push(
          `seed ${seed}: empty talk "${line.change.of}: ${changeText(line.change)}" by ${JSON.stringify(each)}; differs: ${differs.join()} ${JSON.stringify([was, is].map((one) => [...(one ?? [])]))}`,
        );
    }
    if (faults.length > 0 && process.env['SHOW']) faults.push(JSON.stringify(texts, null, 1));
    if (faults.length > 0 && !process.env['ALL']) break;
  }
  if (isLong || process.env['SHOW']) console.log(count);
  expect(faults).toEqual([]);
});

function* requestsAround(
  explained: readonly [Explainer, Explainer],
  models: Parameters<typeof requestsOf>[0][],
  seed: number,
) {
  for (const [side, { listeners }] of explained.entries()) {
    const model = models[side] ?? { sites: [] };
    yield* fc.sample(requestsOf(model, listeners, credentials), { seed, numRuns: requests / 2 });
  }
}
