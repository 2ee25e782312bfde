import { expect, test } from 'vitest';
import { createMadeUpSecrets } from '../../src/daemon/made-up-secrets.ts';
import { secretNeeds } from '../../src/daemon/secret-needs.ts';
import { secretProblems } from '../../src/daemon/secret-problems.ts';
import { lineOf, modelOf } from './some-model.ts';

const model = modelOf(`presets:
  team: { auth: { basic: { users: { ann: { env: ANN }, bob: { file: /run/secrets/no-such-file } } } } }
sites:
  a.example.com: { use: team, respond: a }
  b.example.com: { use: team, respond: b }
  c.example.com:
    routes:
      /: { respond: c }
      /api: { respond: api, auth: { bearer: [{ env: TOKEN }, { env: OTHER }] } }
`);

const hash = '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';

test('every secret once, with all the hosts that it opens and the line that names it', () => {
  const found = secretNeeds(model).map(({ secret, kind, user, hosts, place }) => [
    secret,
    kind,
    user,
    hosts,
    lineOf(place),
  ]);
  expect(found).toEqual([
    [{ env: 'ANN' }, 'hash', 'ann', ['a.example.com', 'b.example.com'], 2],
    [{ file: '/run/secrets/no-such-file' }, 'hash', 'bob', ['a.example.com', 'b.example.com'], 2],
    [{ env: 'TOKEN' }, 'token', undefined, ['c.example.com'], 9],
    [{ env: 'OTHER' }, 'token', undefined, ['c.example.com'], 9],
  ]);
});

test('a place points at the name itself', () => {
  const texts = secretNeeds(model).map(({ place: { file, range } }) => file.text.slice(range.start, range.end));
  expect(texts).toEqual(['ANN', '/run/secrets/no-such-file', 'TOKEN', 'OTHER']);
});

test('what is not set, not a hash, or not there; and never a value', async () => {
  const needs = secretNeeds(model);
  const codes = async (env: Record<string, string>) => (await secretProblems(needs, env)).map(({ code }) => code);
  expect(await codes({})).toEqual(['secret-unset', 'secret-file', 'secret-unset', 'secret-unset']);
  expect(await codes({ ANN: '', TOKEN: 't', OTHER: 'o' })).toEqual(['secret-unset', 'secret-file']);
  expect(await codes({ ANN: hash, TOKEN: 't', OTHER: 'o' })).toEqual(['secret-file']);
  const wrong = await secretProblems(needs, { ANN: 'plain-password', TOKEN: 't', OTHER: 'o' });
  expect(wrong.map(({ code }) => code)).toEqual(['secret-not-a-hash', 'secret-file']);
  expect(JSON.stringify(wrong.map(({ message, hint }) => [message, hint]))).not.toContain('plain-password');
});

test('made up is what is not set and can be: once in a run, another one in the next', async () => {
  const needs = secretNeeds(model);
  const kept = new Map<string, string>();
  const inRun = (env: Record<string, string>) =>
    createMadeUpSecrets({
      env,
      hash: async (password) => `hash of ${password}`,
      keep: async (variable, text) => {
        kept.set(variable, text);
        return `/run/${variable}`;
      },
    });
  const run = inRun({ OTHER: 'set' });
  const secrets = await run.makeUp(needs);
  expect(secrets.map(({ variable, hosts, login }) => [variable, hosts, login.kind])).toEqual([
    ['ANN', ['a.example.com', 'b.example.com'], 'basic'],
    ['TOKEN', ['c.example.com'], 'bearer'],
  ]);
  const [ann, token] = secrets.map(({ login }) => login);
  const text = token?.kind === 'bearer' ? token.token : '';
  expect([...kept]).toEqual([
    ['ANN', `hash of ${ann?.kind === 'basic' ? ann.password : ''}`],
    ['TOKEN', text],
  ]);
  expect(text).toMatch(/^[\w-]{16}$/);
  expect([...run.files()]).toEqual([
    ['ANN', '/run/ANN'],
    ['TOKEN', '/run/TOKEN'],
  ]);
  expect(await run.makeUp(needs)).toEqual(secrets);
  await inRun({}).makeUp(needs);
  expect(kept.get('TOKEN')).not.toBe(text);
  const all = inRun({ ANN: hash, TOKEN: 't', OTHER: 'o' });
  expect(await all.makeUp(needs)).toEqual([]);
  expect(all.files().size).toBe(0);
});
