import { compile } from '../../../src/compile.ts';
import { renderDiagnostics } from '../../../src/diagnostics/render.ts';
import { startCaddy } from '../caddy.ts';
import type { Answer } from '../client/answer.ts';
import { isReset } from '../client/http1.ts';
import { freePort } from '../client/ports.ts';
import { raw } from '../client/raw.ts';
import { goldenTarget } from '../golden.ts';
import { LOOPBACK } from './many-sites.ts';

export type LayoutName = 'plain' | 'auto';

/** Two Caddys with the same policies, one in each layout. */
export interface BothLayouts {
  /** Gives each the policies of one file; throws an Error when the layout is another, or Caddy refuses it. */
  load(text: string): Promise<void>;
  /** The answer to a request of these raw lines, its headers in order and without its date. */
  ask(layout: LayoutName, lines: readonly string[]): Promise<Answer>;
  stop(): Promise<void>;
}

export async function startBothLayouts(caddyPath: string): Promise<BothLayouts> {
  const start = async () => Object.assign(await startCaddy({ caddyPath }), { port: await freePort() });
  const caddies = { plain: await start(), auto: await start() };
  async function load(layout: LayoutName, text: string): Promise<void> {
    const caddy = caddies[layout];
    const here = [`127.0.0.1:${caddy.port}`];
    const listen = new Map([':80', LOOPBACK].map((address) => [address, here]));
    const target = { ...goldenTarget, layout, listen };
    const { config, diagnostics, layouts } = compile([{ path: 'many.json', text }], target);
    if (config === undefined) throw new Error(renderDiagnostics(diagnostics));
    for (const made of layouts?.values() ?? [])
      if (made.layout !== layout) throw new Error(`the layout is ${made.layout}`);
    const answer = await caddy.admin('POST', '/load', JSON.stringify(config));
    if (answer.text !== '') throw new Error(answer.text);
  }
  return {
    async load(text) {
      await Promise.all([load('plain', text), load('auto', text)]);
    },
    async ask(layout, lines) {
      const answer = await afterLoad(() => raw({ host: '127.0.0.1', port: caddies[layout].port }, lines));
      const headers = answer.headers.filter(([name]) => name.toLowerCase() !== 'date');
      return { ...answer, headers: headers.toSorted(([a], [b]) => (a < b ? -1 : 1)) };
    },
    async stop() {
      await Promise.all(Object.values(caddies).map((caddy) => caddy.stop()));
    },
  };
}

/** A Caddy that has just loaded resets a connection now and again that has just come: then it is asked again. */
async function afterLoad(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 3 || !isReset(error)) throw error;
    }
  }
}
