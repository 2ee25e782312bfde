import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startBackend, type Backend } from '../../support/backend/backend.ts';
import { echo, type Seen } from '../../support/backend/echo.ts';
import { all, type Answer } from '../../support/client/answer.ts';
import { http1 } from '../../support/client/http1.ts';
import { http2 } from '../../support/client/http2.ts';
import { freePort } from '../../support/client/ports.ts';
import { deploy, type Deployment } from '../../support/deployment.ts';

const BALANCER = '127.0.0.2';
const PLACES = [
  'hub:8000',
  'pika:8000',
  'vera-frontend:3000',
  'vera-backend:8000',
  'localhost:11434',
  '127.0.0.1:3000',
  '127.0.0.1:8090',
  'localhost:8000',
  'localhost:8080',
  'localhost:8081',
];

const credential = { Authorization: `Basic ${Buffer.from('username:password').toString('base64')}` };
const token = { Authorization: 'Bearer 0123456789abcdef' };

/** A host, a path, who answers, and what opens the door. */
const sites: [string, string, string, Record<string, string>][] = [
  ['hub.example.com', '/', 'hub:8000', {}],
  ['pika.example.com', '/', 'pika:8000', {}],
  ['vera.example.com', '/', 'vera-frontend:3000', {}],
  ['vera.example.com', '/api', 'vera-backend:8000', {}],
  ['ollama.example.com', '/', 'localhost:11434', token],
  ['ollama.internal.lan', '/', 'localhost:11434', credential],
  ['koda.example.com', '/', '127.0.0.1:3000', {}],
  ['koda.example.com', '/api/runtime', '127.0.0.1:8090', {}],
  ['your-domain.com', '/', 'localhost:8000', {}],
  ['sophon.example.com', '/', 'localhost:8080', {}],
  ['sophon.example.com', '/hubs', 'localhost:8081', {}],
];
const behindBalancer = new Set(['hub.example.com', 'pika.example.com', 'vera.example.com']);

let backends: Backend[];
let everything: Deployment;

beforeAll(async () => {
  backends = await Promise.all(PLACES.map((place) => startBackend({ app: echo(place) })));
  everything = await deploy({
    caddyPath: inject('caddyPath'),
    dials: Object.fromEntries(PLACES.map((place, index) => [place, backends[index]?.address ?? ''])),
    listens: { '127.0.0.1:8480': `127.0.0.1:${await freePort()}` },
    settings: { AIDOO_LOAD_BALANCER: BALANCER },
    environment: { OLLAMA_TOKEN: '0123456789abcdef', OLLAMA_HASH: hashSync('password', 6) },
  });
});

afterAll(async () => {
  await everything?.stop();
  for (const backend of backends ?? []) await backend.stop();
});

const valuesSeen = (answer: Answer, name: string) =>
  (JSON.parse(answer.body) as Seen).headers
    .filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);

describe('all shipped policies as one set', () => {
  test.each(sites)('%s%s is answered by %s', async (host, path, app, headers) => {
    for (const ask of [http1, http2]) {
      const answer = await ask(everything.https(host), { path, headers });
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).toMatchObject({ app, url: path });
    }
  });

  test('the welcome page is there', async () => {
    const answer = await http1(everything.https('localhost'));
    expect(answer.status).toBe(200);
    expect(all(answer, 'Content-Type')).toEqual(['text/html; charset=utf-8']);
    expect(all(answer, 'Server')).toEqual([]);
    expect(answer.body).toContain('</html>');
  });

  test.each(sites)("%s%s: one site's load balancer is believed by no other", async (host, path, _app, headers) => {
    const told = { 'X-Forwarded-For': '198.51.100.7', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Port': '8443' };
    const believed = behindBalancer.has(host);
    const answer = await http1(everything.https(host, BALANCER), { path, headers: { ...headers, ...told } });
    expect(valuesSeen(answer, 'X-Real-IP')).toEqual([believed ? '198.51.100.7' : BALANCER]);
    expect(valuesSeen(answer, 'X-Forwarded-For')).toEqual([believed ? `198.51.100.7, ${BALANCER}` : BALANCER]);
    expect(valuesSeen(answer, 'X-Forwarded-Port')).toEqual(believed ? ['8443'] : []);
    const plain = await http1(everything.http(host, BALANCER), { path, headers: { ...headers, ...told } });
    expect(plain.status).toBe(believed ? 200 : 308);
  });

  test('HTTP/3 is told of where it is wanted, and not at your-domain.com', async () => {
    for (const [host, path, , headers] of sites) {
      const answer = await http1(everything.https(host), { path, headers });
      expect(all(answer, 'Alt-Svc'), host).toHaveLength(host === 'your-domain.com' ? 0 : 1);
    }
  });

  test.each(['example.com', 'x.hub.example.com', 'hub.example.com.evil.net', '127.0.0.1'])(
    'for %s there is nobody',
    async (host) => {
      const before = backends.map(({ contacts }) => contacts.length);
      const answer = await http1(everything.https('koda.example.com'), { headers: { Host: host } });
      expect(answer.status).toBe(421);
      expect((await http1(everything.http(host))).status).toBe(421);
      expect(backends.map(({ contacts }) => contacts.length)).toEqual(before);
    },
  );

  test('a connection to one site is no way around the door of another', async () => {
    const answer = await http1(everything.https('koda.example.com'), { headers: { Host: 'ollama.example.com' } });
    expect(answer.status).toBe(401);
  });
});
