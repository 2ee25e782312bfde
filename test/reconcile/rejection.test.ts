import { expect, test } from 'vitest';
import { lineColumn } from '../../src/diagnostics/position.ts';
import { explainRejection } from '../../src/reconcile/rejection.ts';
import { compiled, indexOf, NOTHING, planFor } from '../plan/policy-text.ts';

const policies = compiled(`sites:
  a.example.com:
    http: off
    routes:
      /api: { raw: [{ handler: nope }] }
      /: localhost:9000
  b.example.com: { tls: { certificate: /c.pem, key: /k.pem }, http: off, to: localhost:9001 }
  c.example.com: { listen: ':8443', http: off, to: localhost:9001 }
`);
const pushed = planFor(NOTHING, policies).next;
const nope = indexOf(pushed, '/api');

/** The texts are those of Caddy 2.11.4. */
test.each([
  [
    "loading new config: loading http app module: provision http: server caddyctl-default-https: setting up route handlers: route N: loading handler modules: position 0: loading module 'nope': unknown module: http.handlers.nope",
    5,
    'Caddy does not take this: unknown module: http.handlers.nope',
    'this Caddy was built without that module: `caddy list-modules` shows what it has',
  ],
  [
    'loading new config: loading http app module: provision http: getting tls app: loading tls app module: provision tls: loading certificates: open /k.pem: no such file or directory',
    7,
    'Caddy does not take this: loading certificates: open /k.pem: no such file or directory',
    "files are looked for on Caddy's machine, from Caddy's working folder",
  ],
  [
    'loading new config: http app module: start: listening on :8443: listen tcp :8443: bind: address already in use',
    8,
    'Caddy does not take this: listening on :8443: listen tcp :8443: bind: address already in use',
    'another program listens there: stop it, or let this Caddy listen elsewhere',
  ],
  [
    'loading new config: something else',
    undefined,
    'Caddy does not take this: loading new config: something else',
    undefined,
  ],
  [
    'loading new config: loading http app module: provision http: server srv0: setting up route handlers: route 0: x',
    undefined,
    'Caddy does not take this: loading new config: loading http app module: provision http: server srv0: setting up route handlers: route 0: x',
    undefined,
  ],
])('%s', (reason, line, message, hint) => {
  const diagnostic = explainRejection(
    { kind: 'rejected', reason: reason.replace('route N', `route ${nope}`), panicked: false },
    pushed,
    policies.origins,
  );
  const { place } = diagnostic;
  expect(diagnostic).toMatchObject({ code: 'caddy-rejects', severity: 'error', message, hint });
  expect(place && lineColumn(place.file.text, place.range.start).line).toBe(line);
});
