import { expect, test } from 'vitest';
import { servedSites } from '../../src/daemon/served.ts';
import { modelOf, target } from './some-model.ts';

const local = {
  ...target,
  httpPort: 8080,
  httpsPort: 8443,
  listen: new Map([
    [':8443', ['127.0.0.1:8443', '[::1]:8443']],
    [':8080', ['127.0.0.1:8080', '[::1]:8080']],
    ['127.0.0.1:8480', ['127.0.0.1:9999']],
  ]),
};

test('each host at each place where it is served, what everybody can call first', () => {
  const model = modelOf(`sites:
  app.example.com, www.example.com:
    respond: a
    tunnel: { listen: "127.0.0.1:8480", trusted_proxies: loopback }
  plain.example.com: { respond: b, tls: off }
  "*.example.com": { respond: c, http: serve }
  demo.localhost: { respond: d }
  own.example.com: { respond: e, listen: ":9443" }
`);
  expect(servedSites(model, local).map(({ way, host, url }) => `${way} ${host} ${url}`)).toEqual([
    'https demo.localhost https://demo.localhost:8443/',
    'https app.example.com https://app.example.com:8443/',
    'https www.example.com https://www.example.com:8443/',
    'tunnel app.example.com http://127.0.0.1:9999/',
    'tunnel www.example.com http://127.0.0.1:9999/',
    'http plain.example.com http://plain.example.com:8080/',
    'https *.example.com https://*.example.com:8443/',
    'https own.example.com https://own.example.com:9443/',
  ]);
});

test('the usual ports are left out, and no address is dialled as the loopback one', () => {
  const model = modelOf('sites:\n  app.example.com: { respond: a }\n');
  expect(servedSites(model, { ...target, internalCa: false })).toEqual([
    expect.objectContaining({
      url: 'https://app.example.com/',
      dial: { host: '127.0.0.1', port: 443 },
      certificate: 'other',
    }),
  ]);
});
