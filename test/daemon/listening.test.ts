import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { translate } from '../../src/caddy/translate.ts';
import { anyPort } from '../../src/daemon/bind-probe.ts';
import { listenProblems } from '../../src/daemon/listen-problems.ts';
import { listeners } from '../../src/daemon/listeners.ts';
import { createLocalPlaces } from '../../src/daemon/local-listening.ts';
import { lineOf, modelOf, target } from './some-model.ts';

const hosts = ['127.0.0.1'];
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function taken(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const ports = async () => ({ http: await anyPort('127.0.0.1'), https: await anyPort('127.0.0.1') });

test('every address that policies and ports name, with UDP where HTTP/3 is offered, and its line', () => {
  const model = modelOf(`sites:
  a.example.com: { respond: a, listen: ":9443" }
  b.example.com:
    respond: b
    protocols: [h1, h2]
    tunnel: { listen: "127.0.0.1:8480", trusted_proxies: loopback }
`);
  const all = listeners(model, target).toSorted((a, b) => (a.address < b.address ? -1 : 1));
  expect(all.map(({ address, udp, place }) => [address, udp, place && lineOf(place)])).toEqual([
    ['127.0.0.1:8480', false, 6],
    [':443', false, undefined],
    [':80', false, undefined],
    [':9443', true, 2],
  ]);
});

test('on a laptop all is on loopback, in the config too', async () => {
  const own = await anyPort('127.0.0.1');
  const model = modelOf(`sites:
  a.example.com: { respond: a, listen: ":${own}" }
  b.example.com: { respond: b }
`);
  const chosen = await ports();
  const { diagnostics, notes, ...local } = await createLocalPlaces(hosts, chosen).find(model, target);
  expect([diagnostics, notes]).toEqual([[], []]);
  const { config } = translate(model, { ...target, ...local });
  const found = JSON.stringify(config).match(/"listen":\[[^\]]*\]/g);
  expect(found?.toSorted()).toEqual(
    [own, chosen.http, chosen.https].map((port) => `"listen":["127.0.0.1:${port}"]`).toSorted(),
  );
});

test("a policy's address that is taken is moved, with a warning at its line", async () => {
  const port = await taken();
  const model = modelOf(`sites:
  a.example.com:
    respond: a
    listen: ":${port}"
`);
  const { diagnostics, listen } = await createLocalPlaces(hosts, await ports()).find(model, target);
  const [to] = listen.get(`:${port}`) ?? [];
  expect(to).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(to).not.toBe(`127.0.0.1:${port}`);
  expect(diagnostics).toEqual([
    expect.objectContaining({ code: 'listen-moved', severity: 'warning', message: expect.stringContaining(`${to}`) }),
  ]);
  expect(diagnostics.map(({ place }) => place && lineOf(place))).toEqual([4]);
});

test('ports that the operator named are not replaced', async () => {
  const chosen = { http: await taken(), https: await taken() };
  const { diagnostics, httpPort, httpsPort } = await createLocalPlaces(hosts, chosen).find(modelOf(simple), target);
  expect({ http: httpPort, https: httpsPort }).toEqual(chosen);
  expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
    'error listen-taken',
    'error listen-taken',
  ]);
});

test('nobody gets a port twice: not the usual ones that a policy names, and not one for http and https', async () => {
  const port = await anyPort('127.0.0.1');
  const model = modelOf(`sites:\n  a.example.com: { respond: a, listen: ":${port}" }\n`);
  const same = await createLocalPlaces(hosts, { http: port, https: await anyPort('127.0.0.1') }).find(model, target);
  expect(same.diagnostics.map(({ code }) => code)).toEqual(['listen-moved']);
  const { httpPort, httpsPort } = await createLocalPlaces(hosts, {}).find(modelOf(simple), target);
  expect(httpPort).not.toBe(httpsPort);
});

test('what comes with a later change is placed too, and what was placed stays, with what was said of it', async () => {
  const port = await taken();
  const places = createLocalPlaces(hosts, await ports());
  const first = await places.find(modelOf(simple), target);
  const more = modelOf(`sites:
  a.example.com: { respond: a }
  b.example.com: { respond: b, listen: ":${port}" }
`);
  const second = await places.find(more, target);
  const [to] = second.listen.get(`:${port}`) ?? [];
  expect(to).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(second).toMatchObject({ httpPort: first.httpPort, httpsPort: first.httpsPort });
  expect(second.diagnostics.map(({ code }) => code)).toEqual(['listen-moved']);
  // Our own Caddy may have the address by now, and it is not looked for again.
  const holder = createServer().listen(Number(to?.split(':')[1]), '127.0.0.1');
  servers.push(holder);
  await once(holder, 'listening');
  const third = await places.find(more, target);
  expect([...third.listen]).toEqual([...second.listen]);
  expect(third.diagnostics).toEqual(second.diagnostics);
});

const simple = 'sites:\n  a.example.com: { respond: a }\n';

test('in earnest nothing is moved, and what cannot be had is told at its line', async () => {
  const port = await taken();
  const model = modelOf(`sites:
  a.example.com:
    respond: a
    listen: ["127.0.0.1:${port}", "192.0.2.1:${port}"]
`);
  const found = await listenProblems(listeners(model, target).filter(({ place }) => place !== undefined));
  expect(found.map(({ code, place }) => [code, place && lineOf(place)])).toEqual([
    ['listen-taken', 4],
    ['listen-absent', 4],
  ]);
});
