import type { Modifiers, Route } from '../../ir/model.ts';
import { showPath } from '../../policy/schema/path.ts';
import type { Ask, Check, Expectation, Probe } from '../check.ts';
import { credentialOf } from './entry.ts';
import { NO_SAFE_REQUEST, sampleOf } from './sample.ts';
import { ANY, checkOf, type Spot, unchecked, wayOf } from './spot.ts';

/** Every route with auth refuses who has no credential, and each gate one who has a wrong one; and lets in who has the right one. */
export function auth(spot: Spot): Check[] {
  const asked = spot.site.routes.toSorted((a, b) => Number(isDenied(a)) - Number(isDenied(b)));
  const gates = new Map(asked.toReversed().map((route) => [route.modifiers.auth?.value, route]));
  return spot.site.routes.flatMap((route) => {
    const gate = route.modifiers.auth;
    if (gate === undefined) return [];
    const sample = sampleOf(spot, route, ['GET', 'HEAD']);
    const path = showPath(route.pattern);
    const make = (detail: string, says: string, probe: Probe) =>
      checkOf(spot, { name: 'auth', detail: `${path} ${detail}`, says, origin: gate.origin, probe });
    const refuses = `${path} refuses who has no credential`;
    if (sample === undefined) return [make('none', refuses, unchecked(NO_SAFE_REQUEST))];
    const out = wayOf(spot, sample.ask)?.steps.find(
      ({ kind, verdict }) => kind.endsWith('_from') && verdict === 'ends',
    );
    if (out) return [make('none', refuses, unchecked(`this client is kept out before: ${out.says}`))];
    const none = make('none', refuses, refusing(spot, route.modifiers, sample.ask));
    // One route tells for its gate, and better one that leads somewhere.
    if (gates.get(gate.value) !== route) return [none];
    const known = credentialOf(route.modifiers);
    const lets = `${path} lets in who has the right credential`;
    const wrong = wrongly(spot, route, sample.ask);
    return [
      none,
      ...(wrong ? [make('wrong', `${path} refuses a wrong credential`, wrong)] : []),
      make(
        'right',
        lets,
        'reason' in known ? unchecked(known.reason) : letting(spot, { ...sample.ask, credential: known }),
      ),
    ];
  });
}

function isDenied({ handler }: Route): boolean {
  return handler.kind === 'deny';
}

function refusing(spot: Spot, { auth: gate }: Modifiers, ask: Ask): Probe {
  if (gate?.value.client_certificate)
    return spot.to.tls ? { kind: 'shut-out', to: spot.to, ask } : unchecked('plain http knows no client certificates');
  return { kind: 'answer', to: spot.to, asks: [ask], expects: refusal(spot, ask) };
}

/** A 401 tells how to do better; the answer of an auth service is its own, as long as nobody gets in. */
function refusal(spot: Spot, ask: Ask): Expectation {
  const step = wayOf(spot, ask)?.steps.find(({ kind }) => kind === 'auth');
  const { status, location } = step?.refusal ?? {};
  if (status === undefined) return { status: { hundreds: [3, 4] } };
  const scheme = wayOf(spot, ask)?.route?.modifiers.auth?.value.basic ? 'Basic' : 'Bearer';
  return {
    status: { oneOf: [status] },
    headers:
      location === undefined
        ? [{ name: 'WWW-Authenticate', rule: { kind: 'contains', text: scheme } }]
        : [{ name: 'Location', rule: { kind: 'once', value: location } }],
  };
}

function wrongly(spot: Spot, { modifiers }: Route, ask: Ask): Probe | undefined {
  const { basic, bearer } = modifiers.auth?.value ?? {};
  const [user] = Object.keys(basic?.users ?? {});
  const wrong = user === undefined ? `Bearer ${ANY}` : `Basic ${Buffer.from(`${user}:${ANY}`).toString('base64')}`;
  if (!basic && !bearer) return undefined;
  const made = { ...ask, headers: { ...ask.headers, Authorization: wrong } };
  return { kind: 'answer', to: spot.to, asks: [made], expects: refusal(spot, ask) };
}

/** The app may say what it likes; a 401 would be the gate's, and a 502 says nothing of it. */
function letting(spot: Spot, ask: Ask): Probe {
  return { kind: 'answer', to: spot.to, asks: [ask], expects: { status: { not: [401, 407, 502, 503, 504] } } };
}
