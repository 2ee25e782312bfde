import type { Step } from '../answer.ts';
import { isPreflight, type Place } from '../place.ts';
import { refusal } from './refusal.ts';

/** What makes another request of what looks like a preflight. */
const NOT_OF_A_PREFLIGHT = ['Upgrade', 'X-Http-Method', 'X-Http-Method-Override', 'X-Method-Override'];

/** The gate. Whether a credential is right only Caddy can tell: the secrets are its own. */
export function authStep(place: Place): Step[] {
  const { modifiers, received } = place;
  const { auth } = modifiers;
  if (!auth) return [];
  const { origin } = auth;
  const step = (verdict: Step['verdict'], says: string, error?: number): Step => ({
    kind: 'auth',
    verdict,
    says,
    origin,
    ...(error !== undefined && { refusal: refusal(error, modifiers) }),
  });
  const { basic, bearer, forward } = auth.value;
  if (auth.value.client_certificate) {
    return [
      received.tls
        ? step(
            'depends',
            'a client certificate, which the TLS handshake asks for: without one there is no answer at all',
          )
        : step('passes', 'a client certificate is asked for by TLS, and this is plain http'),
    ];
  }
  if (passesFreely(place)) return [step('passes', 'a preflight carries no credential, and passes')];
  const given = received.headers.get('Authorization');
  if (basic) {
    const user = basicUser(given?.[0]);
    if (user === undefined) return [step('ends', 'no Basic credential', 401)];
    if (!Object.hasOwn(basic.users, user)) return [step('ends', 'no such user', 401)];
    return [step('depends', `the password of "${user}" must be right`, 401)];
  }
  if (bearer) {
    const isToken = /^bearer +[^\t\n\f\r ,]+$/i.test(given?.join(',') ?? '');
    return [isToken ? step('depends', 'the token must be right', 401) : step('ends', 'no Bearer token', 401)];
  }
  const service = modifiers.authUpstream;
  const name = service?.service ?? service?.addresses[0]?.dial ?? 'the service';
  return [
    step('depends', `"${name}" is asked at ${forward?.path ?? '/'}: unless it says 2xx, its answer is the client's`),
  ];
}

/** Preflights pass the gate, unless the app behind is sensitive. */
export function passesFreely({ handler, ...subject }: Place): boolean {
  const isSensitive = handler.kind === 'proxy' && handler.upstream.facts.sensitive;
  const { headers } = subject.received;
  return !isSensitive && isPreflight(subject) && !NOT_OF_A_PREFLIGHT.some((name) => headers.has(name));
}

/** As Go reads it: the user of a whole Basic credential. */
function basicUser(line: string | undefined): string | undefined {
  const [, encoded] = /^basic (.*)$/is.exec(line ?? '') ?? [];
  // Go takes padded base64 alone.
  if (encoded === undefined || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded))
    return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : text.slice(0, colon);
}
