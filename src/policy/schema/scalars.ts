import { z } from 'zod';
import { addProblem, hasControlCharacter, keyOf, type Parsed, problem, textOf } from './text.ts';

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `1h30m`, `500ms`, `1d` → milliseconds. */
function parseDuration(text: string): Parsed<number> {
  const parts = [...text.matchAll(/(\d+)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    return problem('duration', `"${text}" is not a duration`, 'write a number and a unit: 500ms, 30s, 5m, 1h30m, 1d');
  }
  const value = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (DURATION_UNITS[unit ?? ''] ?? 0), 0);
  if (value > 365 * 86_400_000)
    return problem('duration', `"${text}" is longer than a year`, 'leave it out for "as long as it likes"');
  return { value };
}

export const duration = textOf(parseDuration, {
  description: 'A duration: 500ms, 30s, 5m, 1h30m, 1d.',
  pattern: '^(\\d+(ms|s|m|h|d))+$',
});

/** A size in bytes, and whether it was written in powers of ten, which few apps mean. */
export interface Size {
  readonly bytes: number;
  readonly decimal: boolean;
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** `25MB` is 25,000,000 bytes and `25MiB` is 26,214,400. */
function parseSize(text: string): Parsed<Size> {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(text) ?? [];
  const factor = Object.hasOwn(SIZE_UNITS, unit ?? '') ? SIZE_UNITS[unit ?? ''] : undefined;
  if (amount === undefined || factor === undefined) {
    return problem('size', `"${text}" is not a size`, 'write a number and a unit: 64KiB, 25MiB (2^20), 25MB (10^6)');
  }
  const bytes = Number(amount) * factor;
  if (!Number.isSafeInteger(bytes))
    return problem(
      'size',
      `"${text}" is not a whole number of bytes that can be counted`,
      'write it in a smaller unit',
    );
  return { value: { bytes, decimal: /^[kKMGT]B$/.test(unit ?? '') } };
}

const SHOWN_UNITS = ['GiB', 'GB', 'MiB', 'MB', 'KiB', 'KB'] as const;

/** Bytes in the largest unit that says them exactly: 26214400 → `25MiB`. */
export function showSize(bytes: number): string {
  const unit =
    SHOWN_UNITS.find((name) => bytes >= (SIZE_UNITS[name] ?? 0) && bytes % (SIZE_UNITS[name] ?? 1) === 0) ?? 'B';
  return `${bytes / (SIZE_UNITS[unit] ?? 1)}${unit}`;
}

export const size = z
  .union([
    textOf(parseSize, { pattern: '^\\d+(\\.\\d+)? ?(B|[kKMGT]B|[KMGT]iB)$' }),
    z
      .int()
      .nonnegative()
      .transform((bytes, context): Size => {
        // Whoever writes 25 means 25MiB, and would be left with a site that takes nothing.
        if (bytes > 0 && bytes < 1_024) {
          addProblem(context, problem('size', `${bytes} of what?`, `write the unit: ${bytes}MiB, ${bytes}B`));
        }
        return { bytes, decimal: false };
      }),
  ])
  .meta({ description: 'A size with its unit: 25MiB (2^20), 25MB (10^6), 512B.' });

export const status = z.int().min(200).max(599).meta({ description: 'An HTTP status.' });

export const port = z.int().min(1).max(65_535).meta({ description: 'A port.' });

/** RFC 9110, section 5.1: a header's name is a token. */
function parseHeaderName(text: string): Parsed<string> {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text) || text.includes('*')) {
    return problem('header-name', `"${text}" is not a header name`, 'letters, digits and hyphens, without the colon');
  }
  return { value: canonicalHeader(text) };
}

/** The spelling that Go gives a header name: `x-frame-options` → `X-Frame-Options`. */
export function canonicalHeader(name: string): string {
  // Most are written so already, and a large set asks for it millions of times.
  if (/^[A-Z][a-z\d]*(-[A-Z\d][a-z\d]*)*$/.test(name)) return name;
  return name
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1).toLowerCase())
    .join('-');
}

export const headerName = textOf(parseHeaderName, { description: 'A header name.' });

export const headerKey = keyOf(parseHeaderName, { description: 'A header name.' });

/** A name that an operator gives to a service or preset. Never with `:` or `/`, so that it cannot be taken for an address. */
function parseName(text: string): Parsed<string> {
  if (/^[a-z][a-z0-9_-]{0,62}$/.test(text)) return { value: text };
  return problem('name', `"${text}" is not a name`, 'small letters, digits, "-" and "_", a letter first');
}

const nameMeta = { pattern: '^[a-z][a-z0-9_-]{0,62}$' };
export const name = textOf(parseName, nameMeta);
export const nameKey = keyOf(parseName, nameMeta);

/** A file that Caddy reads. Braces are refused: they would be a placeholder, and so any file a request names. */
export const caddyFile = textOf(
  (text) =>
    /^\/[^{}*\\]+$/.test(text) && !hasControlCharacter(text)
      ? { value: text }
      : problem(
          'file',
          `"${text}" is not an absolute path that Caddy can take`,
          'without {…} and *, like /etc/ssl/app.pem',
        ),
  { description: "A file on Caddy's machine, by its absolute path." },
);

/** Where Caddy finds a secret: its environment or a file it can read. The value itself never passes through caddyctl. */
export type Secret = { readonly env: string } | { readonly file: string };

export const secretVariable = textOf(
  (text) =>
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)
      ? { value: text }
      : problem(
          'secret',
          `"${text}" is not the name of an environment variable`,
          'letters, digits and "_", like OLLAMA_TOKEN',
        ),
  { description: "A variable in Caddy's environment." },
);

const reference = z.union([z.strictObject({ env: secretVariable }), z.strictObject({ file: caddyFile })]);

export const secret = z
  .union([
    reference,
    // Text is refused with a reason of its own, for it is the mistake that costs most.
    z.string().transform((_, context): Secret => {
      context.addIssue({
        code: 'custom',
        message: 'a secret must not stand in a policy: it would be in the config, in diffs and in the history',
        params: {
          code: 'secret-literal',
          hint: 'name where Caddy finds it: { env: NAME } or { file: /run/secrets/name }',
        },
      });
      return z.NEVER;
    }),
  ])
  .meta({
    description: 'A secret by reference: { env: NAME } or { file: /path }, read by Caddy and never by caddyctl.',
  });
