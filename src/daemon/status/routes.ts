import { type Answer, jsonAnswer, refusal } from './answer.ts';
import { type Asked, isTrusted } from './gate.ts';
import { stuck, whyNotReady } from './health.ts';
import { isAlive, type Liveness } from './liveness.ts';
import type { Metrics } from './metrics.ts';
import type { StatusHolder } from './state.ts';

export interface Content {
  readonly status: StatusHolder;
  readonly liveness: Liveness;
  readonly token: string | undefined;
  /** The document of `/api/status` as it is now. */
  readonly render: () => string;
  readonly metrics: () => Promise<Metrics>;
  readonly page: ReadonlyMap<string, Answer>;
}

/** Those that an orchestrator asks, which can keep no secret: without the token they say yes or no, and nothing else. */
export const probePaths: readonly string[] = ['/healthz', '/readyz'];

/** What stands at a path, but for the stream of events. */
export async function answerTo(path: string, asked: Asked, content: Content): Promise<Answer> {
  const { status, liveness, token, render, metrics, page } = content;
  switch (path) {
    case '/healthz':
      return isAlive(liveness)
        ? jsonAnswer(200, { alive: true })
        : jsonAnswer(503, { alive: false, ...(isTrusted(asked, token) && { reasons: [stuck] }) });
    case '/readyz': {
      const reasons = whyNotReady(status.get());
      if (reasons.length === 0) return jsonAnswer(200, { ready: true });
      return jsonAnswer(503, { ready: false, ...(isTrusted(asked, token) && { reasons }) });
    }
    case '/metrics': {
      const all = await metrics();
      return { status: 200, type: all.contentType, body: await all.text() };
    }
    case '/api/status':
      return { status: 200, type: 'application/json', body: `${render()}\n` };
    default:
      return page.get(path) ?? nothing;
  }
}

const nothing = refusal(404, {
  reason: 'path',
  message: 'there is nothing here',
  hint: 'ask for /, /healthz, /readyz, /metrics, /api/status or /api/events',
});
