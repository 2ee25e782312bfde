import { type IncomingHttpHeaders, request } from 'node:http';
import { isReset } from './client/http1.ts';

/** How `node:http` reaches an admin API. */
export type AdminEndpoint = { readonly socketPath: string } | { readonly host: string; readonly port: number };

export interface AdminAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Throws if the text is not JSON. */
  readonly json: unknown;
}

type Asked = [method: string, path: string, body?: string, headers?: Readonly<Record<string, string>>];

/**
 * One request on a connection of its own, past the client that is under test. Each load renews the admin API, which resets a
 * fresh connection now and then: what does the same when it is done twice is asked once more.
 */
export async function askAdmin(endpoint: AdminEndpoint, ...asked: Asked): Promise<AdminAnswer> {
  try {
    return await askOnce(endpoint, ...asked);
  } catch (error) {
    if (!['GET', 'PATCH'].includes(asked[0]) || !isReset(error)) throw error;
    return await askOnce(endpoint, ...asked);
  }
}

function askOnce(endpoint: AdminEndpoint, ...[method, path, body, headers = {}]: Asked): Promise<AdminAnswer> {
  return new Promise((resolve, reject) => {
    const host = 'port' in endpoint ? `${endpoint.host}:${endpoint.port}` : '127.0.0.1';
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const options = { ...endpoint, method, path, headers: { host, ...json, ...headers }, agent: false };
    const asked = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          get json() {
            return JSON.parse(text) as unknown;
          },
        }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
