import { expect, test } from 'vitest';
import { createLogReader } from '../../src/daemon/caddy-log.ts';

const line = (fields: object): string => JSON.stringify({ ts: 1795225350.3, ...fields });

test('a line of JSON is read as a sentence with its fields', () => {
  const read = createLogReader('warn');
  const entry = { level: 'warn', logger: 'tls.obtain', msg: 'will retry', attempt: 2, error: 'no such host' };
  expect(read(line(entry))).toEqual({
    level: 'warn',
    text: 'tls.obtain: will retry  attempt=2  error=no such host',
  });
});

test.each([
  ['error', ['error', 'fatal']],
  ['warn', ['warn', 'error', 'fatal']],
  ['info', ['info', 'warn', 'error', 'fatal']],
  ['debug', ['debug', 'info', 'warn', 'error', 'fatal']],
] as const)('%s and above', (lowest, shown) => {
  const read = createLogReader(lowest);
  const all = ['debug', 'info', 'warn', 'error', 'fatal'];
  expect(all.filter((level) => read(line({ level, msg: 'x' })) !== undefined)).toEqual(shown);
});

test('what is no log line, such as the trace of a panic, is shown at every level', () => {
  const read = createLogReader('error');
  expect(read('panic: runtime error')).toEqual({ level: 'error', text: 'panic: runtime error' });
  expect(read('{ not JSON')).toEqual({ level: 'error', text: '{ not JSON' });
  expect(read('  ')).toBeUndefined();
});

test('false alarms are not passed on', () => {
  const read = createLogReader('warn');
  const alarm = { level: 'warn', logger: 'admin', msg: 'admin endpoint on open interface; host checking disabled' };
  expect(read(line(alarm))).toBeUndefined();
  const noStaple = { level: 'warn', logger: 'tls', msg: 'stapling OCSP', identifiers: ['localhost'] };
  expect(read(line(noStaple))).toBeUndefined();
  expect(read(line({ ...noStaple, error: 'no answer' }))?.text).toContain('no answer');
  // Whoever asked was told.
  const asked = { level: 'error', logger: 'admin.api', msg: 'request error', error: 'unrecognized directive: x' };
  expect(read(line(asked))).toBeUndefined();
  expect(createLogReader('info')(line(asked))?.level).toBe('info');
});

test('what strangers sent does not drive the terminal', () => {
  const read = createLogReader('info');
  const sent = { level: 'info', msg: 'handled', uri: '/\u001b[2J\u202e\r\n' };
  // oxlint-disable-next-line no-control-regex
  expect(read(line(sent))?.text).not.toMatch(/[\u0000-\u001f\u202e]/);
});

test('on a laptop a request is told by what it asked for, and those of our own checks are not', () => {
  const request = { remote_ip: '127.0.0.1', method: 'GET', host: 'app.example.com', uri: '/login' };
  const asked = (agent: string): string =>
    line({
      level: 'error',
      logger: 'http.log.error',
      msg: 'dial tcp 127.0.0.1:3000: connect: connection refused',
      request: { ...request, headers: { 'User-Agent': [agent] } },
      status: 502,
    });
  const read = createLogReader('warn', { onLaptop: true });
  expect(read(asked('curl/8'))?.text).toBe(
    'http.log.error: dial tcp 127.0.0.1:3000: connect: connection refused  request=GET app.example.com/login  status=502',
  );
  expect(read(asked('caddyctl-test'))).toBeUndefined();
  expect(createLogReader('warn')(asked('caddyctl-test'))?.text).toContain('"remote_ip":"127.0.0.1"');
});
