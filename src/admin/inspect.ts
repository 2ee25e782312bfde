import { isJsonObject, type JsonValue } from '../caddy/json.ts';
import type { AdminAddress } from './address.ts';
import type { AdminOptions } from './client.ts';
import { caddysReason, isSuccess, parseJson, refusalOf } from './reply.ts';
import { DEFAULT_TIMEOUTS } from './timeouts.ts';
import { type Call, createTransport, type Reply } from './transport.ts';
import { scalarList } from './scalar-list.ts';
import { ask, fail, MAX_CONFIG_BYTES, MAX_TEXT_BYTES, type Wire } from './wire.ts';

/** What an admin API shows of itself and of how it is exposed. Undefined: it could not be told. */
export interface Inspection {
  /** The whole live config, null where Caddy has none. */
  readonly config: JsonValue;
  /** Whether a page of another site, which sends its own Origin, is let in. */
  readonly letsForeignOriginIn: boolean | undefined;
  /** Whether a request is let in that was made for another host, as after DNS rebinding. */
  readonly letsForeignHostIn: boolean | undefined;
  /** Whether `00` is taken for the first entry of a list, which 2.11.3 ended. */
  readonly takesPaddedIndex: boolean | undefined;
  /** Before 2.8 the etag is a trailer. */
  readonly hasEtag: boolean;
  /** Whether the debugging endpoints answer. */
  readonly debug: boolean;
  /** What Caddy was started with: it may hold secrets, and is for nobody's eyes. */
  readonly commandLine: readonly string[];
  /** As in `2.11.4`, where Caddy's build tells it. */
  readonly version: string | undefined;
  /** Milliseconds since 1970, by Caddy's clock, to the second. */
  readonly time: number | undefined;
}

/** Asks by GET alone, so it changes nothing. Rejects with an AdminError where the config cannot be read. */
export async function inspect(address: AdminAddress, { tls = {}, ...options }: AdminOptions): Promise<Inspection> {
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const wire: Wire = { address: address.text, timeouts, transport: createTransport(address, tls, timeouts) };
  const stranger = { ...wire, transport: createTransport(address, tls, timeouts, { asWritten: true }) };
  const isTls = address.kind === 'tcp' && address.protocol === 'https';

  const whole = await ask(wire, get('/config/', {}, MAX_CONFIG_BYTES));
  const config = parseJson(whole);
  if (!isSuccess(whole)) throw fail(wire, refusalOf(whole));
  if (config === undefined) throw fail(wire, { kind: 'protocol', reason: 'it answers something else than JSON' });

  /** Undefined where it does not answer: what is asked after the config is a question more, and no reason to end. */
  const maybe = async (by: Wire, path: string, headers: Headers = {}): Promise<Reply | undefined> => {
    const attempt = await by.transport(get(path, headers));
    return attempt.ok ? attempt.reply : undefined;
  };
  const letsIn = async (headers: Headers): Promise<boolean | undefined> => {
    // There certificates count, and no names.
    if (isTls) return undefined;
    const reply = await maybe(stranger, '/config/admin', headers);
    // Without that part of a config there is an error, too, but for whoever was let in.
    return reply && !/^(?:401|403)$/.test(`${reply.status}`);
  };
  const list = scalarList(config);
  const padded = list && (await maybe(wire, `/config/${list.map(encodeURIComponent).join('/')}/00`));
  const variables = await maybe(wire, '/debug/vars');
  return {
    config,
    letsForeignOriginIn: await letsIn({ origin: 'http://caddyctl-doctor.invalid' }),
    letsForeignHostIn: address.kind === 'unix' ? undefined : await letsIn({ host: 'caddyctl-doctor.invalid' }),
    takesPaddedIndex: padded && paddedIndex(padded),
    hasEtag: whole.headers.etag !== undefined,
    debug: variables !== undefined && isSuccess(variables),
    commandLine: variables === undefined ? [] : commandLine(variables),
    version: versionIn(await maybe(wire, '/debug/pprof/goroutine?debug=1')),
    time: timeOf(whole),
  };
}

type Headers = Readonly<Record<string, string>>;

function get(path: string, headers: Headers, maxBytes = MAX_TEXT_BYTES): Call {
  return { method: 'GET', path, headers, maxBytes };
}

function paddedIndex(reply: Reply): boolean | undefined {
  if (isSuccess(reply)) return true;
  return caddysReason(reply)?.includes('array index') === true ? false : undefined;
}

function commandLine(reply: Reply): readonly string[] {
  const value = isSuccess(reply) ? parseJson(reply) : undefined;
  const found = isJsonObject(value) ? value['cmdline'] : undefined;
  return Array.isArray(found) ? found.filter((each) => typeof each === 'string') : [];
}

/** In the paths of its source files; builds that are no release leave it out. */
function versionIn(reply: Reply | undefined): string | undefined {
  if (reply === undefined || !isSuccess(reply)) return undefined;
  return /github\.com\/caddyserver\/caddy\/v2@v(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)\//.exec(reply.text)?.[1];
}

function timeOf(reply: Reply): number | undefined {
  const time = Date.parse(reply.headers.date ?? '');
  return Number.isNaN(time) ? undefined : time;
}
