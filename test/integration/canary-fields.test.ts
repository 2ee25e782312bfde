import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { CaddyConfig } from '../../src/caddy/translate.ts';
import { compile } from '../../src/compile.ts';
import { policyJsonSchema } from '../../src/policy/json-schema.ts';
import { changed, type Example, examplesOf } from '../support/arbitrary/schema-examples.ts';
import { type Slot, slotsOf } from '../support/arbitrary/schema-slots.ts';
import { secretNames } from '../support/arbitrary/values.ts';
import { startBackend } from '../support/backend/backend.ts';
import { echo } from '../support/backend/echo.ts';
import { http1 } from '../support/client/http1.ts';
import { goldenTarget } from '../support/golden.ts';
import { askedOf, openedConfig } from '../support/opened-config.ts';
import { hashOfSecret, type Sandbox, startSandbox } from '../support/sandboxed-config.ts';

/** What is in the variable and in the file that the canaries name. */
const secret = hashOfSecret.slice(0, 20);
const canaries = ['{env.CANARY}', '{file./run/secrets/canary}', 'x{env.CANARY}{', '\\{env.CANARY}', '{{env.CANARY}}'];
/** The fields that take Caddy's placeholders, and say so: see README. */
const takesPlaceholders = /\/(expression|raw\/items\/.+)$/;
/** Those that Caddy takes as they are, so that a backslash would be one: only its answers tell that nothing is put in. */
const takenAsTheyAre = /\/(regex|health|realm|redact_query\/items)$/;
const live = /(?<!\\)\{(?:env|file)\.[^}]*canary/i;

/** A campaign: `CADDYCTL_LONG=1` for the whole. */
const isLong = process.env['CADDYCTL_LONG'] === '1';
const [examples, spellings, fewest] = isLong ? [3, 5, 300] : [1, 3, 80];

interface Accepted {
  readonly label: string;
  readonly canary: string;
  readonly config: CaddyConfig;
}

/** Every text of the language with each canary in it, or behind what stood there; only what compiles. */
function accepted(): Accepted[] {
  const schema = policyJsonSchema();
  const known = examplesOf(schema);
  const texts = [...slotsOf(schema).values()].filter(({ takes }) => takes.has('text') || takes.has('anything'));
  return texts.flatMap((slot) =>
    (known.get(slot.name) ?? []).slice(0, examples).flatMap((way) => withCanaries(slot, way)),
  );
}

function withCanaries(slot: Slot, way: Example): Accepted[] {
  const before = typeof way.value === 'string' ? [way.value] : [];
  return [...canaries.slice(0, spellings), ...before.map((text) => `${text}${canaries[0]}`)].flatMap((canary) => {
    const { config } = compile([changed(way.policy, way, canary, slot.isKey)], goldenTarget);
    return config === undefined ? [] : [{ label: way.label, canary, config }];
  });
}

let sandbox: Sandbox;
let app: Awaited<ReturnType<typeof startBackend>>;
beforeAll(async () => {
  app = await startBackend({ app: echo('app') });
  sandbox = await startSandbox(inject('caddyPath'), ['CANARY', ...secretNames]);
});
afterAll(async () => {
  await sandbox.stop();
  await app.stop();
});

test('what a policy writes never comes out of Caddy as a secret, whichever field it is in', {
  timeout: 600_000,
}, async () => {
  const all = accepted();
  const guarded = all.filter(({ label }) => !takesPlaceholders.test(label));
  expect(guarded.length).toBeGreaterThan(fewest);
  const escaped = guarded.filter(({ label }) => !takenAsTheyAre.test(label));
  const open = escaped.filter(({ config }) => live.test(JSON.stringify(config)));
  expect([...new Set(open.map(({ label }) => label))]).toEqual([]);
  // The test sees what it looks for: where placeholders are taken, this one is live.
  const declared = all.filter(({ label }) => takesPlaceholders.test(label));
  expect(declared.some(({ config }) => live.test(JSON.stringify(config)))).toBe(true);

  const leaks: string[] = [];
  let answers = 0;
  for (const { label, canary, config } of guarded) {
    const complaint = await sandbox.load(openedConfig(config, app.address));
    if (complaint.includes(secret)) leaks.push(`${label} ${canary}: ${complaint}`);
    if (complaint !== '') continue;
    const { hosts, paths } = askedOf(config);
    for (const port of sandbox.ports) {
      for (const [index, host] of hosts.slice(0, 4).entries()) {
        const path = paths[index % paths.length] ?? '/';
        const answer = await http1({ host, port }, { path }).catch(() => undefined);
        if (answer === undefined) break;
        answers++;
        if (JSON.stringify([answer.headers, answer.body]).includes(secret)) leaks.push(`${label} ${canary}`);
      }
    }
  }
  expect(answers).toBeGreaterThan(fewest);
  expect(leaks).toEqual([]);
  expect(sandbox.caddy.logs()).not.toContain(secret);
});
