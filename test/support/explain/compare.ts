import type { Answer as Explained, Way } from '../../../src/explain/answer.ts';
import type { Asked } from '../../../src/explain/asked.ts';
import { all, type Answer } from '../client/answer.ts';
import { echoed, HANDLER, AUTH_WORD, ROUTE, separator } from './instrumented.ts';
import { type Loaded, rightCredentials } from './scene.ts';

/** What a real Caddy did other than what was explained; empty where it did one of the ways. */
export function differences(
  asked: Asked,
  explained: Explained,
  answer: Answer,
  { idOf }: Pick<Loaded, 'idOf'>,
): string[] {
  const found = explained.ways.map((way) => differencesOf(asked, way, answer, idOf));
  return found.find((each) => each.length === 0) ?? found.flat();
}

function differencesOf(asked: Asked, way: Way, answer: Answer, idOf: Loaded['idOf']): string[] {
  const found: string[] = [];
  const expect = (what: string, actual: unknown, expected: unknown): void => {
    if (JSON.stringify(actual) !== JSON.stringify(expected))
      found.push(`${what}: Caddy ${JSON.stringify(actual)}, explained ${JSON.stringify(expected)}`);
  };
  const hasBody = asked.method !== 'HEAD' && answer.status !== 204;
  const text = Buffer.from(answer.body, 'latin1').toString();
  const [route] = all(answer, ROUTE);
  const [handler] = all(answer, HANDLER);
  const { site } = way;
  if (site) {
    const ending =
      way.end.kind === 'redirect' && way.end.toHttps
        ? 'to-https'
        : way.route || way.end.kind === 'refused'
          ? idOf(site.hosts[0] ?? '', way.route) + (way.route ? '' : '_-else')
          : '';
    const isThat = ending === 'to-https' ? route?.includes('.to-https.') : route?.endsWith(ending);
    if (!isThat) found.push(`route: Caddy ${route}, explained ${ending}`);
  } else if (route !== undefined && !/_(no-path|unknown-host)$/.test(route))
    found.push(`route: Caddy ${route}, explained none`);

  const [given] = asked.headers.filter(([name]) => name === 'Authorization').map(([, value]) => value);
  const gate = way.steps.find(({ kind, verdict, refusal }) => kind === 'auth' && verdict === 'depends' && refusal);
  const end =
    gate?.refusal && !rightCredentials.includes(given ?? '')
      ? ({ kind: 'refused', by: 'auth', refusal: gate.refusal } as const)
      : way.end;
  for (const [name, value] of saidHeaders(way)) {
    if (end !== way.end && typeof value !== 'string' && value !== null) continue;
    if (value === null) expect(name, all(answer, name), []);
    else if (typeof value === 'string') expect(name, all(answer, name), [value]);
  }
  switch (end.kind) {
    case 'proxy': {
      expect('status', answer.status, 200);
      expect('handler', handler, `proxy ${end.upstream.addresses.map(({ dial }) => dial).join(' ')}`);
      if (!hasBody) break;
      const [method, uri, host, ...values] = text.split(separator);
      expect('method', method, end.sees.method);
      expect('uri', uri, end.sees.uri);
      if (end.sees.host !== '{upstream}') expect('host', host, end.sees.host);
      for (const [index, name] of echoed.entries()) {
        const seen = end.sees.headers.find((each) => each.name === name);
        const sent = asked.headers.filter(([each]) => each.toLowerCase() === name.toLowerCase());
        const expected = seen ? (seen.value ?? '') : sent.map(([, value]) => value).join(',');
        const pragma = name === 'Cache-Control' && expected === '' && asked.headers.some(([each]) => each === 'Pragma');
        const said = /^\{.* of the auth service\}$/.test(expected) ? AUTH_WORD : pragma ? values[index] : expected;
        expect(name, (values[index] ?? '').replaceAll(', ', ','), (said ?? '').replaceAll(', ', ','));
      }
      break;
    }
    case 'respond':
      expect('status', answer.status, end.status);
      if (hasBody) expect('body', text, end.body);
      break;
    case 'redirect':
      expect('status', answer.status, end.status);
      expect('location', utf8(all(answer, 'Location')), [end.location]);
      break;
    case 'files':
      expect('handler', handler, 'files');
      if (hasBody) expect('uri', text, end.uri);
      break;
    case 'refused':
      expect('status', answer.status, end.refusal.status);
      if (end.refusal.body !== undefined && hasBody) expect('body', text, end.refusal.body);
      expect(
        'location',
        utf8(all(answer, 'Location')),
        end.refusal.location === undefined ? [] : [end.refusal.location],
      );
      break;
    case 'raw':
    case 'unanswered':
      break;
    default:
      return end satisfies never;
  }
  return found;
}

function utf8(values: readonly string[]): string[] {
  return values.map((value) => Buffer.from(value, 'latin1').toString());
}

/** Headers that the answer must carry with this value, or not at all (null). What others add to is left out. */
function saidHeaders({ steps }: Way): Map<string, string | null | undefined> {
  const said = new Map<string, string | null | undefined>();
  for (const { headers = [] } of steps) {
    for (const { name, rule } of headers) {
      if (rule.kind === 'set')
        said.set(name, Buffer.from(rule.value.replace(/^[ \t]+|[ \t]+$/g, '')).toString('latin1'));
      else if (rule.kind === 'remove') said.set(name, null);
      else said.set(name, undefined);
    }
  }
  return said;
}
