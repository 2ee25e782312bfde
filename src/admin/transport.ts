import * as http from 'node:http';
import * as https from 'node:https';
import got, { type OptionsInit, type PlainResponse, type Request, RequestError } from 'got';
import type { AdminAddress } from './address.ts';
import type { AdminFailure } from './errors.ts';
import { failureOf } from './network-failure.ts';
import { answerTime, type Timeouts } from './timeouts.ts';

/** PEM texts, for https addresses. Without `ca` the system's authorities count. */
export interface TlsFiles {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly ca?: string | undefined;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bytes of the answer beyond which it is given up. */
  readonly maxBytes: number;
  /** In place of `Timeouts.answer`, milliseconds. */
  readonly answer?: number;
}

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** `sent`: bytes of the request may have reached Caddy, so that a write may have been done. */
export type Attempt =
  | { readonly ok: true; readonly reply: Reply }
  | { readonly ok: false; readonly failure: AdminFailure; readonly sent: boolean };

export type Transport = (call: Call) => Promise<Attempt>;

/**
 * One request, one answer: no retry, no redirect, no proxy from the environment, everything bounded. Never rejects but for a bug.
 * `asWritten`: a refusal for want of an Origin is the answer, and is not asked again with one.
 */
export function createTransport(
  address: AdminAddress,
  tls: TlsFiles,
  timeouts: Timeouts,
  { asWritten = false }: { readonly asWritten?: boolean } = {},
): Transport {
  // A Unix socket's Host is checked by Caddy before 2.11, which knows 127.0.0.1 and not localhost there.
  const origin = address.kind === 'unix' ? 'http://127.0.0.1' : address.origin;
  const kept = createAgents(address, true);
  const fresh = createAgents(address, false);
  let sendOrigin = false;

  async function attempt(call: Call): Promise<Attempt> {
    const times = { ...timeouts, ...(call.answer === undefined ? {} : { answer: call.answer }) };
    const { connect } = times;
    const sending = answerTime(times, call.body === undefined ? 0 : Buffer.byteLength(call.body));
    const receiving = answerTime(times, call.maxBytes);
    const stream = got.stream(`${origin}${call.path}`, {
      method: call.method,
      headers: { ...call.headers, 'user-agent': 'caddyctl', ...(sendOrigin ? { origin } : {}) },
      // Without a body got would wait for one to be streamed.
      ...(call.method === 'GET' ? {} : { body: call.body ?? '' }),
      // Each load replaces Caddy's admin listener and ends idle connections: a write on a kept one would often break off.
      agent: call.method === 'GET' ? kept : fresh,
      https: tlsOptions(tls),
      timeout: { lookup: connect, connect, secureConnect: connect, send: sending, response: sending, read: receiving },
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      decompress: false,
    });
    try {
      return await receive(stream, call.maxBytes);
    } catch (error) {
      if (error instanceof RequestError) return failureOf(error, address);
      throw error;
    }
  }

  return async function transport(call) {
    const first = await attempt(call);
    if (asWritten || sendOrigin || !first.ok || !wantsOrigin(first.reply)) return first;
    sendOrigin = true;
    return attempt(call);
  };
}

/** `enforce_origin` asks for an Origin header, which a Caddy without it may refuse: so it is sent only when asked for. */
function wantsOrigin(reply: Reply): boolean {
  return reply.status === 403 && /not allowed to access from origin ''|required Origin header/.test(reply.text);
}

async function receive(stream: Request, maxBytes: number): Promise<Attempt> {
  let response: PlainResponse | undefined;
  stream.once('response', (first: PlainResponse) => {
    response = first;
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      return {
        ok: false,
        failure: { kind: 'protocol', reason: `the answer is larger than ${maxBytes} bytes` },
        sent: true,
      };
    }
    chunks.push(chunk);
  }
  if (response === undefined) throw new Error('a request ended without a response or an error');
  return {
    ok: true,
    reply: { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') },
  };
}

function createAgents(address: AdminAddress, keepAlive: boolean): NonNullable<OptionsInit['agent']> {
  if (address.kind === 'unix') {
    // Node hands an agent's options on to `net.connect`; its types do not know of this one.
    const options = { keepAlive, socketPath: address.path };
    return { http: new http.Agent(options) };
  }
  return { http: new http.Agent({ keepAlive }), https: new https.Agent({ keepAlive }) };
}

function tlsOptions(tls: TlsFiles): NonNullable<OptionsInit['https']> {
  return {
    ...(tls.cert === undefined ? {} : { certificate: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.ca === undefined ? {} : { certificateAuthority: tls.ca }),
  };
}
