import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { SourceFile } from '../../diagnostics/position.ts';
import { fileProblem, systemReason } from '../../files/problem.ts';
import type { CommandModule, Invocation } from '../command.ts';
import { errorPart } from '../error-part.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { Failure, mistakes } from '../failure.ts';
import { addExamples } from '../help.ts';
import { addPaths, pathsOf } from '../paths.ts';

interface FmtOptions {
  readonly check: boolean;
  readonly diff: boolean;
}

interface Change {
  readonly source: SourceFile;
  readonly text: string;
}

export const fmt: CommandModule<FmtOptions> = {
  define(command) {
    addPaths(command);
    command
      .option('--check', 'write nothing, list what would change, and exit with 2 if anything would', false)
      .option('--diff', 'write nothing, show what would change', false);
    addExamples(command, [
      [
        'caddyctl fmt',
        'writes all files below policies/ in their usual form and prints the names of those that changed',
      ],
      ['caddyctl fmt --check --diff policies/', 'for continuous integration'],
      ['caddyctl fmt - < site.yaml', 'prints the text of standard input in its usual form'],
    ]);
  },
  async run(invocation) {
    const { operands, options, process, output } = invocation;
    if (operands.includes('-') && operands.length > 1) {
      throw new Failure(exitCodes.usage, '`-` (standard input) cannot be formatted together with files');
    }
    const { readSources } = await import('../../files/read.ts');
    const { formatPolicy } = await import('../yaml/format-policy.ts');
    const { sources, diagnostics: unread } = await readSources(pathsOf(operands), { stdin: process.stdin });
    const results = sources.map((source) => ({ source, result: formatPolicy(source) }));
    const diagnostics = [...unread, ...results.flatMap(({ result }) => (result.ok ? [] : result.diagnostics))];
    const changes = results.flatMap(({ source, result }) =>
      result.ok && result.text !== source.text ? [{ source, text: result.text }] : [],
    );
    if (operands.includes('-') && !options.check && !options.diff) {
      output.diagnostics(diagnostics);
      // What stands in a pipe must come out of it, formatted or not, unless it is broken.
      if (!hasError(diagnostics)) {
        await output.text(changes[0]?.text ?? sources[0]?.text ?? '');
      }
      return hasError(diagnostics) ? exitCodes.invalid : exitCodes.done;
    }
    return await finish(invocation, changes, diagnostics);
  },
};

async function finish(
  { options, output }: Invocation<FmtOptions>,
  changes: readonly Change[],
  diagnostics: readonly Diagnostic[],
): Promise<ExitCode> {
  const dry = options.check || options.diff;
  const unwritten = dry ? [] : await write(changes);
  const failed = new Set(unwritten.map(({ place }) => place?.file.path));
  const changed = changes.map(({ source }) => source.path).filter((path) => !failed.has(path));
  const { unifiedDiff } = await import('../line-diff.ts');
  const found = [...diagnostics, ...unwritten];
  output.diagnostics(found);
  const failure = failureOf(unwritten, diagnostics);
  const { diagnosticsAsJson } = await import('../../diagnostics/as-json.ts');
  const shown = (color: boolean): string =>
    changes.map(({ source, text }) => unifiedDiff(source.path, source.text, text, color)).join('');
  const diff = options.diff && { diff: shown(false) };
  const document = { changed, written: !dry, ...diff, diagnostics: diagnosticsAsJson(found), ...errorPart(failure) };
  await output.document(document, () =>
    options.diff ? shown(output.color) : changed.map((path) => `${path}\n`).join(''),
  );
  if (failure !== undefined) return failure.exitCode;
  return options.check && changed.length > 0 ? exitCodes.changes : exitCodes.done;
}

async function write(changes: readonly Change[]): Promise<readonly Diagnostic[]> {
  const { replaceFile } = await import('../../files/replace.ts');
  const problems: Diagnostic[] = [];
  for (const { source, text } of changes) {
    try {
      await replaceFile(source.path, text);
    } catch (error) {
      problems.push(
        fileProblem('file-not-written', source.path, `this file cannot be written: ${systemReason(error)}`),
      );
    }
  }
  return problems;
}

function failureOf(unwritten: readonly Diagnostic[], diagnostics: readonly Diagnostic[]): Failure | undefined {
  if (unwritten.length > 0) return mistakes(exitCodes.unexpected);
  return hasError(diagnostics) ? mistakes(exitCodes.invalid) : undefined;
}

function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}
