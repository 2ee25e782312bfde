import { renderLines } from '../../explain/render.ts';
import { showEnd } from '../../trace/endings.ts';
import { traceLines } from '../../trace/lines.ts';
import { liveListeners, trace } from '../../trace/trace.ts';
import type { Invocation } from '../command.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { openAdmin } from '../open-admin.ts';
import type { ExplainOptions } from './options.ts';
import { question } from './question.ts';

/** Explains by the config that Caddy runs, read once: Caddy is not asked anything else. */
export async function explainLive({ operands, options, output }: Invocation<ExplainOptions>): Promise<ExitCode> {
  const { admin } = await openAdmin(options);
  const { AdminError } = await import('../../admin/errors.ts');
  const { value: apps } = await admin.read('apps').catch((error: unknown) => {
    throw error instanceof AdminError ? new Failure(exitCodes.unreachable, error.message) : error;
  });
  const { asked, listener } = question(operands, options, liveListeners(apps), () => false);
  const found = trace(asked, listener);
  const { path, client, passed, ways } = found;
  const document = {
    request: { ...asked, from: asked.from ?? null, headers: asked.headers.map(([name, value]) => ({ name, value })) },
    path: path ?? null,
    client: client ?? null,
    server: listener.name,
    passed: passed.map(({ facts, ...route }) => ({ ...route, facts: facts.map(([name, text]) => ({ name, text })) })),
    ways: ways.map(({ provided, end }) => ({
      ...(provided !== '' && { onlyCaddyCanTell: provided }),
      end,
      verdict: showEnd(end),
    })),
  };
  const shown = { color: output.color, tls: listener.tls };
  await output.document(document, () => renderLines(asked, found, traceLines(found, listener), shown));
  return exitCodes.done;
}
