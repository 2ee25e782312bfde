import { compile } from '../../src/compile.ts';
import type { Target } from '../../src/caddy/target.ts';
import type { Model } from '../../src/ir/model.ts';

export const target: Target = { owner: 'default', httpPort: 80, httpsPort: 443, internalCa: true, env: {} };

/** The model of a policy; throws with the diagnostics if it has an error. */
export function modelOf(text: string): Model {
  const { model, config, diagnostics } = compile([{ path: 'site.yaml', text }], target);
  if (model === undefined || config === undefined)
    throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return model;
}

/** `line:column` of a place. */
export function lineOf(place: {
  readonly file: { readonly text: string };
  readonly range: { readonly start: number };
}): number {
  return place.file.text.slice(0, place.range.start).split('\n').length;
}
