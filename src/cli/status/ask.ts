import { type IncomingMessage, request } from 'node:http';
import { systemReason } from '../../files/problem.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { StatusPlace } from '../status-options.ts';

/** Milliseconds without a byte after which a daemon is taken for gone. */
const usualPatience = 10_000;

/** The head of a daemon's answer. Rejects with a Failure, exit 4, where nobody answers. `patience`: milliseconds. */
export async function ask(
  { address, token }: StatusPlace,
  path: string,
  patience: number = usualPatience,
): Promise<IncomingMessage> {
  const to =
    address.kind === 'unix'
      ? { socketPath: address.path, host: 'localhost' }
      : { host: address.host, port: address.port };
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return await new Promise((resolve, reject) => {
    const asked = request({ ...to, path, headers, agent: false, timeout: patience }, resolve);
    asked.on('timeout', () => asked.destroy(Object.assign(new Error('it is silent'), { code: 'ETIMEDOUT' })));
    asked.on('error', (error) => {
      const reason = 'errno' in error ? systemReason(error) : error.message;
      const hint = 'start one with `caddyctl watch` or `up`, or say where it tells its status with --address';
      reject(new Failure(exitCodes.unreachable, `no daemon answers at ${address.text}: ${reason}`, hint));
    });
    asked.end();
  });
}

/** More than any status has. */
const mostCharacters = 64 * 1_024 * 1_024;

/** A whole answer. Rejects with a Failure, exit 4. */
export async function read(answer: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
      text += chunk;
      if (text.length > mostCharacters) throw new Error('it does not end');
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(exitCodes.unreachable, `the answer broke off: ${reason}`);
  }
  return text;
}

/** Why an answer is not what was asked for. */
export async function whyNot(answer: IncomingMessage, { address }: StatusPlace): Promise<Failure> {
  const { error } = parsed(await read(answer)) as { error?: { message?: unknown } };
  if (answer.statusCode === 401) {
    const hint = 'give it with --status-token-file';
    return new Failure(exitCodes.unreachable, `the daemon at ${address.text} asks for its token`, hint);
  }
  const reason = typeof error?.message === 'string' ? error.message : `its answer is ${answer.statusCode}`;
  return new Failure(exitCodes.unreachable, `${address.text} does not tell a status: ${reason}`);
}

/** An object; an empty one where the text is something else. */
export function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
