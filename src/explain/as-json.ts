import { lineColumn } from '../diagnostics/position.ts';
import { type Origin, placeOf } from '../ir/origin.ts';
import { showPath } from '../policy/schema/path.ts';
import type { Answer, End, HeaderChange, Refusal, Step, Way } from './answer.ts';
import type { Asked } from './asked.ts';
import { verdictOf } from './verdict.ts';

/** An answer as a program reads it. Lines and columns count from 1. */
export function answerAsJson(asked: Asked, answer: Answer): object {
  return {
    request: { ...asked, from: asked.from ?? null, headers: asked.headers.map(([name, value]) => ({ name, value })) },
    path: answer.path ?? null,
    client: answer.client ?? null,
    ways: answer.ways.map(wayJson),
    losers: answer
      .losers()
      .map(({ route, why }) => ({ route: showPath(route.pattern), why, place: place(route.origin) })),
  };
}

function wayJson(way: Way): object {
  const { provided, site, route, steps, end } = way;
  return {
    ...(provided.length > 0 && { onlyCaddyCanTell: provided }),
    site: site ? { hosts: site.hosts, place: place(site.origin) } : null,
    route: route ? { path: showPath(route.pattern), place: place(route.origin) } : null,
    steps: steps.map(stepJson),
    end: endJson(end),
    verdict: verdictOf(way),
  };
}

function stepJson({ kind, verdict, says, refusal, headers, origin }: Step): object {
  return {
    kind,
    verdict,
    says,
    ...(refusal && { refusal: refusalJson(refusal) }),
    ...(headers && { headers: headers.map(changeJson) }),
    ...(origin && { place: place(origin) }),
  };
}

function changeJson({ name, rule: { kind, ...rest }, origin }: HeaderChange): object {
  return { name, does: kind, ...rest, ...(origin && { place: place(origin) }) };
}

function refusalJson({ page, ...refusal }: Refusal): object {
  return { ...refusal, ...(page && { page: place(page) }) };
}

function endJson(end: End): object {
  if (end.kind === 'refused') return { ...end, refusal: refusalJson(end.refusal) };
  if (end.kind !== 'proxy') return end;
  const { upstream, sees } = end;
  const headers = sees.headers.map(({ name, value, origin }) => ({
    name,
    value,
    ...(origin && { place: place(origin) }),
  }));
  return {
    kind: end.kind,
    service: upstream.service ?? null,
    addresses: upstream.addresses.map(({ scheme, dial }) => ({ scheme, dial })),
    place: place(upstream.origin),
    sees: { ...sees, headers },
  };
}

function place(origin: Origin): object {
  const { file, range } = placeOf(origin);
  return { file: file.path, ...lineColumn(file.text, range.start) };
}
