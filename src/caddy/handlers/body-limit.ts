import type { Modifiers } from '../../ir/model.ts';
import { type CaddyHandler, fail, onlyWhen } from './context.ts';
import { verbatim } from '../placeholders.ts';

/**
 * A declared length over the limit is refused before the app hears of the request. Bodies without one are counted as
 * they pass, and Caddy answers 413 at the limit.
 */
export function bodyLimit({ maxBody }: Modifiers): CaddyHandler[] {
  if (!maxBody) return [];
  const tooLong = { header_regexp: { 'Content-Length': { pattern: verbatim(moreThan(maxBody.value)) } } };
  // A limit of 0 means "none" to Caddy, so no body at all is said by its smallest limit and the guard together.
  return [onlyWhen(tooLong, [fail(413)]), { handler: 'request_body', max_size: Math.max(maxBody.value, 1) }];
}

/** A pattern for whole numbers above `limit`: cheaper per request than an expression in CEL. */
function moreThan(limit: number): string {
  const digits = String(limit);
  const larger = Array.from(digits).flatMap((digit, index) => {
    if (digit === '9') return [];
    const rest = digits.length - index - 1;
    return [`${digits.slice(0, index)}[${Number(digit) + 1}-9]${rest > 0 ? `[0-9]{${rest}}` : ''}`];
  });
  return `^0*(${[...larger, `[1-9][0-9]{${digits.length},}`].join('|')})$`;
}
