import { z } from 'zod';
import { canonicalHeader, headerKey } from './scalars.ts';
import { addKeyProblem, line, problem } from './text.ts';

const value = z.union([line, z.number().transform(String)]);

/** What becomes of one header. `keep` undoes what a preset or the site said of it. */
export type HeaderRule =
  | { readonly kind: 'set'; readonly value: string }
  | { readonly kind: 'remove' }
  | { readonly kind: 'default'; readonly value: string }
  | { readonly kind: 'add'; readonly value: string }
  | { readonly kind: 'keep' };

const rule = z.union([
  value.transform((text): HeaderRule => ({ kind: 'set', value: text })),
  z.null().transform((): HeaderRule => ({ kind: 'remove' })),
  z.strictObject({ default: value }).transform((given): HeaderRule => ({ kind: 'default', value: given.default })),
  z.strictObject({ add: value }).transform((given): HeaderRule => ({ kind: 'add', value: given.add })),
  z.strictObject({ keep: z.literal(true) }).transform((): HeaderRule => ({ kind: 'keep' })),
]);

/** Header names are one whatever their case, so two spellings of one name are a mistake. */
function refuseTwoSpellings(given: Record<string, unknown>, context: z.RefinementCtx): void {
  const seen = new Map<string, string>();
  for (const key of Object.keys(given)) {
    const first = seen.get(canonicalHeader(key));
    if (first === undefined) seen.set(canonicalHeader(key), key);
    else
      addKeyProblem(
        context,
        problem('duplicate-header', `"${first}" and "${key}" are the same header`, 'keep one of them'),
        key,
      );
  }
}

/** These tell where a message ends and what becomes of its connection; a policy that sets one breaks every answer of its site. */
const FRAMING = new Set([
  'Connection',
  'Content-Length',
  'Keep-Alive',
  'Te',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
]);

function refuseFraming(given: Record<string, HeaderRule>, context: z.RefinementCtx): void {
  for (const [key, { kind }] of Object.entries(given)) {
    if (!FRAMING.has(canonicalHeader(key)) || kind === 'keep' || kind === 'remove') continue;
    const message = `"${key}" is for each connection to say, and not for a policy`;
    addKeyProblem(context, problem('header-name', message, 'leave it to Caddy and the app'), key);
  }
}

export const headers = z.record(headerKey, rule).superRefine(refuseTwoSpellings).superRefine(refuseFraming).meta({
  description:
    'Headers by name: a value sets, null removes, { default: v } only where the app sends none, { add: v } one more, { keep: true } as the app sends it.',
});
