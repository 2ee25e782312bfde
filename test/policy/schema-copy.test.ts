import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { policyJsonSchema } from '../../src/policy/json-schema.ts';

// Editors read the copy by the first line of each policy, without running anything.
test('the copy of the JSON Schema is what `caddyctl schema` prints: renew it with `node src/main.ts schema > src/policy/policy.schema.json`', async () => {
  const copy = await readFile(join(import.meta.dirname, '../../src/policy/policy.schema.json'), 'utf8');
  expect(JSON.parse(copy)).toEqual(JSON.parse(JSON.stringify(policyJsonSchema())));
});
