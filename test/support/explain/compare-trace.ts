import type { Asked } from '../../../src/explain/asked.ts';
import { own } from '../../../src/plan/live.ts';
import { trace } from '../../../src/trace/trace.ts';
import { all, type Answer } from '../client/answer.ts';
import { HANDLER, ROUTE } from './instrumented.ts';
import type { Loaded } from './scene.ts';

/** What a real Caddy did other than what was read from its config; none where it did one of the ways, of which there may be one. */
export function traceDifferences(
  asked: Asked,
  answer: Answer,
  { live }: Pick<Loaded, 'live'>,
): { found: string[]; isSure: boolean } {
  const listener = live.find(({ address }) => address === asked.at);
  if (!listener) return { found: [`no server at ${asked.at}`], isSure: true };
  const { ways } = trace(asked, listener);
  const [route] = all(answer, ROUTE);
  const [handler] = all(answer, HANDLER);
  const hasPages = own(listener.server, 'errors') !== undefined;
  const found = ways.map(({ end }) => {
    const wrong: string[] = [];
    const expect = (what: string, actual: unknown, expected: unknown): void => {
      if (actual !== expected) wrong.push(`${what}: Caddy ${String(actual)}, by its config ${String(expected)}`);
    };
    if (end.id !== undefined) expect('route', route, end.id);
    if (end.kind === 'proxy') {
      // The test's auth service lets everyone pass, so no answer is ever that service's.
      expect('handler', handler, `proxy ${end.dials.join(' ')}`);
    } else if (end.kind === 'files') expect('handler', handler, 'files');
    else if (end.kind === 'answer' || (end.kind === 'error' && !hasPages))
      expect('status', String(answer.status), end.status);
    return wrong;
  });
  return { found: found.find((each) => each.length === 0) ?? found.flat(), isSure: ways.length === 1 };
}
