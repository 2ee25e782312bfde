import { z } from 'zod';

/** What a scalar's parser answers: a value, or what is wrong with the text. */
export type Parsed<T> = { readonly value: T } | Problem;

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export function problem(code: string, message: string, hint?: string): Problem {
  return hint === undefined ? { code, message } : { code, message, hint };
}

function isProblem(parsed: Parsed<unknown>): parsed is Problem {
  return 'code' in parsed;
}

/** A schema for text that a parser turns into a value; `meta` goes into the JSON Schema as it is. */
export function textOf<T>(parse: (text: string) => Parsed<T>, meta: z.GlobalMeta) {
  return z
    .string()
    .transform((text, context): T => {
      const parsed = parse(text);
      if (!isProblem(parsed)) return parsed.value;
      addProblem(context, parsed);
      return z.NEVER;
    })
    .meta(meta);
}

/** A key of a map: checked, but kept as written, because places are found again by it. */
export function keyOf(parse: (text: string) => Parsed<unknown>, meta: z.GlobalMeta) {
  return z
    .string()
    .superRefine((text, context) => {
      const parsed = parse(text);
      if (isProblem(parsed)) addProblem(context, parsed);
    })
    .meta(meta);
}

/** Adds a problem of our own to zod's issues; `issues.ts` turns it into a diagnostic with its code and hint. */
export function addProblem(context: z.RefinementCtx, { code, message, hint }: Problem, path: PropertyKey[] = []): void {
  context.addIssue({ code: 'custom', message, params: { code, hint }, path });
}

/** The same of a key of the map that is refined. */
export function addKeyProblem(context: z.RefinementCtx, { code, message, hint }: Problem, key: string): void {
  context.addIssue({ code: 'custom', message, params: { code, hint, atKey: true }, path: [key] });
}

// C0, DEL and C1: in a header they end it or split the answer, in a log they drive the reader's terminal.
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

export function hasControlCharacter(text: string): boolean {
  return CONTROL.test(text);
}

/** One line of literal text: no control characters, so that it cannot break out of a header, a log line or a terminal. */
export const line = textOf(
  (text) =>
    hasControlCharacter(text)
      ? problem('control-character', 'control characters are not allowed here', 'remove line breaks, tabs and NULs')
      : { value: text },
  {},
);

/** Text of some lines: line breaks and tabs may stand in it, other control characters may not. */
export const lines = textOf(
  (text) =>
    hasControlCharacter(text.replace(/[\n\r\t]/g, ''))
      ? problem('control-character', 'control characters are not allowed here', 'only line breaks and tabs are')
      : { value: text },
  {},
);

/** A value or a list of values, always read as a list. */
export function oneOrMore<T extends z.ZodType>(item: T) {
  return z.union([item.transform((value) => [value]), z.array(item).min(1)]);
}
