import { expect, test } from 'vitest';
import { createCompiler } from '../../../src/daemon/watch/compiler.ts';
import { nothingServed, servedFrom } from '../../../src/daemon/watch/last-served.ts';
import type { OwnedSources } from '../../../src/files/read-owned.ts';
import { goldenTarget } from '../../support/golden.ts';
import { owned } from '../../support/owners.ts';

const owners = owned(`owners:
  evil: { folder: evil, hosts: evil.test, upstreams: [evil.example] }
  web: { folder: web, hosts: web.test }
`);

const evil = { path: 'evil/a.yaml', text: 'sites: { evil.test: "https://evil.example" }\n' };
const web = (body: string) => ({ path: 'web/a.yaml', text: `sites: { web.test: { respond: ${body} } }\n` });

function compiler(onError: 'refuse' | 'hold-file' = 'refuse') {
  let address = '192.0.2.1';
  let asked = 0;
  const lookup = {
    addressesOf: async (names: ReadonlySet<string>) => {
      asked++;
      return new Map([...names].map((name) => [name, [address]]));
    },
  };
  const made = createCompiler({ target: goldenTarget, onError, lookup });
  return {
    leadTo: (other: string) => void (address = other),
    asked: () => asked,
    pass: (files: OwnedSources['sources'], last = nothingServed, by: typeof owners | 'nobody' = owners) =>
      made.compile(
        { sources: files, diagnostics: [], ...(by !== 'nobody' && { owners: by }) },
        JSON.stringify(files),
        undefined,
        last,
      ),
  };
}

test("an owner's name that leads to where none may is that owner's mistake, and the others go on", async () => {
  const { pass, leadTo } = compiler();
  leadTo('169.254.169.254');
  const found = await pass([evil, web('one')]);
  expect(found.sources).toEqual([web('one')]);
  expect(found.config).toBeDefined();
  expect(found.held.get('evil/a.yaml')).toMatchObject([
    { code: 'metadata-upstream', place: { file: { path: 'evil/a.yaml' } } },
  ]);
});

test('one that is served and leads there later is told, is looked at without a change of the files, and nobody waits for it', async () => {
  const { pass, leadTo, asked } = compiler();
  const first = await pass([evil, web('one')]);
  expect(first.held.size).toBe(0);
  expect(await pass([evil, web('one')])).toBe(first);
  leadTo('127.0.0.1');
  const served = servedFrom(first.sources);
  const still = await pass([evil, web('one')], served);
  expect([still.config, still.held.size]).toEqual([first.config, 0]);
  leadTo('169.254.169.254');
  for (const by of [owners, 'nobody'] as const) {
    const found = await pass([evil, web('two')], served, by);
    expect(new Set(found.sources)).toEqual(new Set([evil, web('two')]));
    expect([found.config === undefined, found.held.size]).toEqual([false, 0]);
    expect(found.diagnostics).toContainEqual(
      expect.objectContaining({ code: 'metadata-upstream', severity: 'warning' }),
    );
  }
  expect(asked()).toBeGreaterThan(3);
});

test('where all is of one, the set is refused', async () => {
  const { pass, leadTo } = compiler();
  leadTo('169.254.169.254');
  const found = await pass([evil, web('one')], nothingServed, 'nobody');
  expect(found.config).toBeUndefined();
  expect(found.diagnostics).toMatchObject([{ code: 'metadata-upstream', severity: 'error' }]);
});
