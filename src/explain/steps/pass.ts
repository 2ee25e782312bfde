import { assertNever } from '../../diagnostics/assert-never.ts';
import type { End, Step } from '../answer.ts';
import type { Place } from '../place.ts';
import { uriOf } from '../target.ts';
import { accessSteps, rateLimitStep } from './access.ts';
import { corsStep, headersStep } from './answer-headers.ts';
import { authStep } from './auth.ts';
import { compressStep, dotSegmentStep, maxBodyStep } from './body.ts';
import { refusal } from './refusal.ts';
import { rewriteStep, rewritten } from './rewrite.ts';
import { sees } from './sees.ts';

/** All that a request passes on its route, in order, up to what ends it, and how it ends. */
export function pass(place: Place): { steps: readonly Step[]; end: End } {
  const all = [
    ...headersStep(place),
    ...corsStep(place),
    ...accessSteps(place),
    ...rateLimitStep(place),
    ...authStep(place),
    ...dotSegmentStep(place),
    ...maxBodyStep(place),
    ...compressStep(place),
    ...rewriteStep(place),
  ];
  const at = all.findIndex(({ verdict }) => verdict === 'ends');
  const last = all[at];
  if (last === undefined) return ended(all, ending(place));
  const end: End = last.refusal
    ? { kind: 'refused', by: last.kind, refusal: last.refusal }
    : { kind: 'respond', status: 204, body: '' };
  return ended(all.slice(0, at + 1), end);
}

/** On an error of Caddy's own nothing is added to what an app says, or put where it says nothing: there is no app. */
function ended(steps: readonly Step[], end: End): { steps: readonly Step[]; end: End } {
  if (end.kind !== 'refused') return { steps, end };
  const left = steps.flatMap((step) => {
    if (step.kind !== 'headers') return [step];
    const headers = step.headers?.filter(({ rule }) => rule.kind === 'set' || rule.kind === 'remove') ?? [];
    return headers.length > 0 ? [{ ...step, headers }] : [];
  });
  return { steps: left, end };
}

/** What the route's handler answers, once nothing stands in the way. */
function ending(place: Place): End {
  const { handler, modifiers } = place;
  switch (handler.kind) {
    case 'proxy':
      return { kind: 'proxy', upstream: handler.upstream, sees: sees(handler.upstream, place) };
    case 'respond': {
      const { status, body, content_type: contentType } = handler;
      return { kind: 'respond', status, body, ...(contentType !== undefined && { contentType }) };
    }
    case 'redirect': {
      const kept = handler.keep_path ? handler.to.replace(/\/$/, '') + uriOf(rewritten(place)) : handler.to;
      return { kind: 'redirect', status: handler.status, location: kept, toHttps: false };
    }
    case 'files': {
      const { root, fallback } = handler;
      return { kind: 'files', root, uri: uriOf(rewritten(place)), ...(fallback !== undefined && { fallback }) };
    }
    case 'deny':
      return { kind: 'refused', by: 'deny', refusal: refusal(handler.status, modifiers) };
    case 'raw':
      return { kind: 'raw', handlers: handler.handlers };
    default:
      return assertNever(handler);
  }
}
