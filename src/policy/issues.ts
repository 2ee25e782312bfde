import type { z } from 'zod';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../diagnostics/position.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { type DocumentNode, locate, nodeAt } from './tree.ts';
import { knownKeys } from './known-keys.ts';

type Issue = z.core.$ZodIssue;

interface Context {
  readonly file: SourceFile;
  readonly root: DocumentNode;
  readonly schema: z.core.$ZodType;
}

/** Turns what zod says of a file into diagnostics at the lines that were meant. */
export function issueDiagnostics(context: Context, issues: readonly Issue[]): Diagnostic[] {
  return issues
    .flatMap((issue) => flatten(issue))
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys' ? unknownKeys(context, issue) : [diagnose(context, issue)],
    );
}

/** Replaces a union's issue by those of the branch that the value was meant for, if one can be told. */
function flatten(issue: Issue, base: readonly PropertyKey[] = []): Issue[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'invalid_key')
    return issue.issues.map((inner) => ({ ...inner, path, params: { ...paramsOf(inner), atKey: true } }) as Issue);
  if (issue.code !== 'invalid_union') return [{ ...issue, path }];
  const branches = issue.errors.map((branch) => branch.flatMap((inner) => flatten(inner, path)));
  const meant = branches.filter((branch) => !branch.some((inner) => isWrongKind(inner, path.length)));
  const [best] = meant.sort((a, b) => distance(a) - distance(b));
  if (best !== undefined) return best;
  const expected = branches
    .flat()
    .filter((inner) => isWrongKind(inner, path.length))
    .flatMap(expectations);
  return [{ code: 'custom', path, message: `expected ${oneOf(expected)}`, params: { code: 'wrong-type', expected } }];
}

/** What our own schemas say beside a message. */
interface Params {
  readonly code?: string;
  readonly hint?: string;
  readonly atKey?: boolean;
  readonly expected?: readonly string[];
}

function paramsOf(issue: Issue): Params {
  return (issue.code === 'custom' && issue.params) || {};
}

/** The branch is for another kind of value altogether. */
function isWrongKind(issue: Issue, depth: number): boolean {
  if (issue.path.length !== depth) return false;
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' || paramsOf(issue).expected !== undefined;
}

/** How far from right a branch is: an unknown key says "another form" louder than a wrong value within it. */
function distance(branch: readonly Issue[]): number {
  return branch.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? 10 * issue.keys.length : 1), 0);
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'nothing (null)',
};

function expectations(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_type') return [KINDS[issue.expected] ?? issue.expected];
  if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value));
  return paramsOf(issue).expected ?? [];
}

function oneOf(choices: readonly string[]): string {
  const unique = [...new Set(choices)];
  return unique.length < 2 ? unique.join('') : `${unique.slice(0, -1).join(', ')} or ${unique.at(-1)}`;
}

function unknownKeys({ file, root, schema }: Context, { path, keys }: z.core.$ZodIssueUnrecognizedKeys): Diagnostic[] {
  const known = knownKeys(schema, path);
  return keys.map((key) => {
    const meant = suggest(key, known);
    return {
      code: 'unknown-key',
      severity: 'error',
      message: `the key "${key}" is not known here`,
      hint: meant === undefined ? `known here: ${known.join(', ')}` : `did you mean \`${meant}\`?`,
      place: { file, range: locate(root, [...path, key], 'key') },
    };
  });
}

function diagnose({ file, root }: Context, issue: Exclude<Issue, z.core.$ZodIssueUnrecognizedKeys>): Diagnostic {
  const at = (path: readonly PropertyKey[], what?: 'key') => ({ file, range: locate(root, path, what) });
  const error = (code: string, message: string, hint?: string, key?: 'key'): Diagnostic => ({
    code,
    severity: 'error',
    message,
    hint,
    place: at(issue.path, key),
  });
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.input === undefined && issue.message.includes('undefined')) {
        const key = String(issue.path.at(-1));
        return { ...error('missing-key', `the key "${key}" is missing`), place: at(issue.path.slice(0, -1), 'key') };
      }
      const found = nodeAt(root, issue.path);
      const hint = found?.kind === 'scalar' && issue.expected === 'string' ? 'put it in quotes' : undefined;
      return error('wrong-type', `expected ${oneOf(expectations(issue))}, found ${describe(found)}`, hint);
    }
    case 'invalid_value': {
      const found = nodeAt(root, issue.path);
      const given = found?.kind === 'scalar' ? String(found.value) : undefined;
      const meant = given && suggest(given, issue.values.map(String));
      return error(
        'not-a-choice',
        `expected ${oneOf(expectations(issue))}`,
        meant ? `did you mean \`${meant}\`?` : undefined,
      );
    }
    case 'too_small':
      return error('too-small', issue.origin === 'array' ? 'the list is empty' : `expected at least ${issue.minimum}`);
    case 'too_big':
      return error('too-big', `expected at most ${issue.maximum}`);
    case 'custom': {
      const { code = 'invalid', hint, atKey } = paramsOf(issue);
      return error(code, issue.message, hint, atKey ? 'key' : undefined);
    }
    default:
      return error('invalid', issue.message);
  }
}

function describe(node: DocumentNode | undefined): string {
  if (node === undefined) return 'nothing';
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list';
  if (node.value === null) return 'nothing';
  return typeof node.value === 'string' ? 'text' : `${node.value}`;
}
