import type { Writable } from 'node:stream';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../diagnostics/render.ts';
import { systemReason } from '../files/problem.ts';
import { errorPart } from './error-part.ts';
import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';
import type { OutputFormat, OutputSettings } from './settings.ts';

/** The two ways out: one document on standard output, and everything that is said to people on standard error. */
export interface Output {
  readonly format: OutputFormat;
  /** Whether a text document may hold colours. */
  readonly color: boolean;
  /** Whether what is said to people may. */
  readonly noteColor: boolean;
  /** The command's result: `value` as JSON or YAML, or `text` as it is; resolved when it is written. */
  document(value: unknown, text: () => string): Promise<void>;
  /** A result that is a text in every format: a script, a hash. */
  text(text: string): Promise<void>;
  /** A sentence for people; silent with `--quiet`. */
  note(text: string): void;
  /** The same where it must be read: with `--quiet` too. */
  error(text: string): void;
  /** Errors are shown with `--quiet` too, warnings are not. */
  diagnostics(diagnostics: readonly Diagnostic[]): void;
  /** What a command fails with, for programs, where it has written no document; with the diagnostics that it told. */
  failed(failure: Failure): Promise<void>;
}

export function createOutput(
  stdout: NodeJS.WriteStream,
  stderr: NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>>,
  settings: OutputSettings,
): Output {
  let told: readonly Diagnostic[] = [];
  let isWritten = false;
  const isDocumentDue = (): boolean => !isWritten && ['json', 'yaml'].includes(settings.output);
  const write = async (text: string): Promise<void> => {
    isWritten = true;
    await writeTo(stdout, text);
  };
  const output: Output = {
    format: settings.output,
    color: takesColor(stdout, env, settings),
    noteColor: takesColor(stderr, env, settings),
    async document(value, text) {
      switch (settings.output) {
        case 'text':
        // The command that offers them has made its text accordingly.
        case 'junit':
        case 'github':
          await write(text());
          return;
        case 'json':
          await write(`${JSON.stringify(value, null, 2)}\n`);
          return;
        case 'yaml': {
          const { toYaml } = await import('./yaml/write.ts');
          await write(toYaml(value));
          return;
        }
        default:
          throw new Error(`unknown format: ${String(settings.output satisfies never)}`);
      }
    },
    async text(text) {
      await write(text);
    },
    note(text) {
      if (!settings.quiet) {
        stderr.write(`${text}\n`);
      }
    },
    error(text) {
      stderr.write(`${text}\n`);
    },
    diagnostics(diagnostics) {
      // A daemon goes on to tell for months, and each of them holds the text of its file.
      if (isDocumentDue()) told = [...told, ...diagnostics];
      const shown = settings.quiet ? diagnostics.filter(({ severity }) => severity === 'error') : diagnostics;
      const color = takesColor(stderr, env, settings);
      const width = stderr.isTTY ? Math.min(stderr.columns - 8, 160) : undefined;
      stderr.write(renderDiagnostics(shown, { color, width }));
    },
    async failed(failure) {
      if (!isDocumentDue()) return;
      const { diagnosticsAsJson } = await import('../diagnostics/as-json.ts');
      await output.document({ ...errorPart(failure), diagnostics: diagnosticsAsJson(told) }, () => '');
    },
  };
  return output;
}

/** A reader that went away (`caddyctl translate | head`) is no error: what it did not want need not be written. */
async function writeTo(stream: Writable, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => {
      if (error && !('code' in error && error.code === 'EPIPE')) {
        reject(new Failure(exitCodes.unexpected, `standard output cannot be written: ${systemReason(error)}`));
      } else {
        resolve();
      }
    });
  });
}

function takesColor(
  stream: NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>>,
  settings: OutputSettings,
): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  if (!settings.color || (NO_COLOR ?? '') !== '' || FORCE_COLOR === '0' || FORCE_COLOR === 'false') {
    return false;
  }
  return (FORCE_COLOR ?? '') !== '' || (stream.isTTY && TERM !== 'dumb');
}
