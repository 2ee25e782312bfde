import type { Asked } from '../../../src/explain/asked.ts';
import { own } from '../../../src/plan/live.ts';
import { trace } from '../../../src/trace/trace.ts';
import { all, type Answer } from '../client/answer.ts';
import { HANDLER, ROUTE } from './instrumented.ts';
import type { Loaded } from './scene.ts';

/** What a real Caddy did other than what was read from its config; empty where it did one of the ways. */
export function traceDifferences(asked: Asked, answer: Answer, { live }: Pick<Loaded, 'live'>): string[] {
  const listener = live.find(({ address }) => address === asked.at);
  if (!listener) return [`no server at ${asked.at}`];
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
  return found.find((each) => each.length === 0) ?? found.flat();
}
