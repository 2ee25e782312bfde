import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { all } from '../../support/client/answer.ts';
import { http1 } from '../../support/client/http1.ts';
import { freePort } from '../../support/client/ports.ts';
import { type Served, serve } from '../../support/serve.ts';

let certificates: Certificates;
let served: Served;
let ownPort: number;

beforeAll(async () => {
  certificates = await makeCertificates(inject('caddyPath'), ['files.test', 'client.test']);
  const { cert, key } = certificates.of('files.test');
  ownPort = await freePort();
  served = await serve({
    caddyPath: inject('caddyPath'),
    policy: `
sites:
  plain-too.test: { http: serve, respond: hello }
  no-http.test: { http: "off", respond: hello }
  own.test: { protocols: [h1], respond: hello }
  two.test: { protocols: [h1, h2], respond: hello }
  three.test: { respond: hello }
  mutual.test: { auth: { client_certificate: { ca: "${certificates.ca}" } }, respond: welcome }
  files.test: { tls: { certificate: "${cert}", key: "${key}" }, respond: from files }
  elsewhere.test: { tls: internal, listen: "127.0.0.1:${ownPort}", respond: at its own address }
`,
  });
});

afterAll(async () => {
  await served?.stop();
  await certificates?.remove();
});

describe('plain http', () => {
  test('is sent to https, with the path', async () => {
    const answer = await http1(served.http('three.test'), { path: '/a/b?c=d' });
    expect(answer.status).toBe(308);
    expect(all(answer, 'Location')).toEqual([`https://three.test:${served.https('three.test').port}/a/b?c=d`]);
  });

  test('is served where the policy says so, and unknown where it is off', async () => {
    expect((await http1(served.http('plain-too.test'))).body).toBe('hello');
    expect((await http1(served.http('no-http.test'))).status).toBe(421);
  });
});

test('certificate files are used as they are', async () => {
  const ca = await readFile(certificates.ca, 'utf8');
  expect((await http1({ ...served.https('files.test'), ca })).body).toBe('from files');
});

test('a site with an address of its own is served there, and unknown on the usual ports', async () => {
  const usual = served.https('elsewhere.test');
  const own = { ...usual, port: ownPort };
  await vi.waitFor(async () => expect((await http1(own)).body).toBe('at its own address'), { timeout: 20_000 });
  expect((await http1({ ...usual, host: 'elsewhere.test', port: served.http('').port, ca: undefined })).status).toBe(
    421,
  );
});

describe('protocols', () => {
  const agreed = (host: string): Promise<string | false | null> =>
    new Promise((resolve, reject) => {
      const { port, ca } = served.https(host);
      const socket = connect(
        { host: '127.0.0.1', port, ca, servername: host, ALPNProtocols: ['h2', 'http/1.1'] },
        () => {
          resolve(socket.alpnProtocol);
          socket.destroy();
        },
      ).on('error', reject);
    });

  test('h2 is offered, unless the site leaves it out', async () => {
    expect(await agreed('three.test')).toBe('h2');
    expect(await agreed('own.test')).toBe('http/1.1');
  });

  test('h3 is told of by the sites that have it, and by no other on the same port', async () => {
    expect(all(await http1(served.https('three.test')), 'Alt-Svc')).toHaveLength(1);
    expect(all(await http1(served.https('two.test')), 'Alt-Svc')).toEqual([]);
  });
});

describe('client certificates', () => {
  const ask = (certificate: { cert?: Buffer; key?: Buffer }, host = 'mutual.test', servername = 'mutual.test') =>
    new Promise<string>((resolve, reject) => {
      const { port, ca } = served.https('mutual.test');
      const options = {
        host: '127.0.0.1',
        port,
        ca,
        servername,
        headers: { Host: host },
        agent: false,
        ...certificate,
      };
      const asked = request(options, (answer) => {
        answer.setEncoding('utf8');
        let body = '';
        answer.on('data', (chunk: string) => (body += chunk)).on('end', () => resolve(`${answer.statusCode} ${body}`));
      });
      asked.on('error', reject).end();
    });

  test('let their holders in, and nobody else', async () => {
    const { cert, key } = certificates.of('client.test');
    expect(await ask({ cert: await readFile(cert), key: await readFile(key) })).toBe('200 welcome');
    await expect(ask({})).rejects.toThrow(/certificate required|ECONNRESET/);
  });

  test('cannot be walked around by asking for another host in the handshake', async () => {
    expect(await ask({}, 'mutual.test', 'three.test')).not.toContain('welcome');
  });
});
