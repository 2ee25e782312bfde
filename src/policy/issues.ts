import type { z } from 'zod';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../diagnostics/position.ts';
import { expectations, inMeantForm, type Issue, oneOf, paramsOf } from './meant-form.ts';
import { formAt, knownKeys, meaningAt } from './schema-at.ts';
import { type DocumentNode, locate, nodeAt } from './tree.ts';
import { meantKey, unknownKeyHint } from './unknown-key.ts';
import { wrongValueHint } from './wrong-value.ts';

interface Context {
  readonly file: SourceFile;
  readonly root: DocumentNode;
  readonly schema: z.core.$ZodType;
}

/** Turns what zod says of a file into diagnostics at the lines that were meant. */
export function issueDiagnostics(context: Context, issues: readonly Issue[]): Diagnostic[] {
  const flat = issues.flatMap((issue) => inMeantForm(issue));
  const misspelt = new Set<string>();
  const unknown = flat.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? unknownKeys(context, issue, misspelt) : [],
  );
  const others = flat.flatMap((issue) =>
    issue.code === 'unrecognized_keys' || isOfMisspelling(context, issue, misspelt) ? [] : [diagnose(context, issue)],
  );
  return [...unknown, ...others];
}

/** Puts into `misspelt` what was meant: the paths of the keys, and of the maps that they are for. */
function unknownKeys(
  { file, root, schema }: Context,
  { path, keys }: z.core.$ZodIssueUnrecognizedKeys,
  misspelt: Set<string>,
): Diagnostic[] {
  const known = knownKeys(schema, path);
  return keys.map((key) => {
    const meant = meantKey(key, known);
    if (meant !== undefined) misspelt.add(pathText(path)).add(pathText([...path, meant]));
    return {
      code: 'unknown-key',
      severity: 'error',
      message: `the key "${key}" is not known here`,
      hint: meant === undefined ? unknownKeyHint(schema, key, known) : `did you mean \`${meant}\`?`,
      place: { file, range: locate(root, [...path, key], 'key') },
    };
  });
}

/** What is missing only because its key is misspelt needs no second complaint. */
function isOfMisspelling({ root }: Context, issue: Issue, misspelt: ReadonlySet<string>): boolean {
  if (!misspelt.has(pathText(issue.path))) return false;
  return nodeAt(root, issue.path) === undefined || paramsOf(issue).code === 'no-handler';
}

function pathText(path: readonly PropertyKey[]): string {
  return JSON.stringify(path);
}

function diagnose(context: Context, issue: Exclude<Issue, z.core.$ZodIssueUnrecognizedKeys>): Diagnostic {
  const { file, root, schema } = context;
  const { path } = issue;
  const at = (place: readonly PropertyKey[], what?: 'key') => ({ file, range: locate(root, place, what) });
  const error = (code: string, message: string, hint = formAt(schema, path), key?: 'key'): Diagnostic => ({
    code,
    severity: 'error',
    message,
    hint,
    place: at(path, key),
  });
  const found = nodeAt(root, path);
  const expected = expectations(issue);
  if (found === undefined && expected.length > 0) {
    return {
      ...error('missing-key', `the key "${String(path.at(-1))}" is missing`, meaningAt(schema, path)),
      place: at(path.slice(0, -1), 'key'),
    };
  }
  switch (issue.code) {
    case 'invalid_type':
      return error(
        'wrong-type',
        `expected ${oneOf(expected)}, found ${describe(found)}`,
        wrongValueHint(root, schema, issue),
      );
    case 'invalid_value':
      return error('not-a-choice', `expected ${oneOf(expected)}`, wrongValueHint(root, schema, issue));
    case 'too_small':
      return error('too-small', issue.origin === 'array' ? 'the list is empty' : `expected at least ${issue.minimum}`);
    case 'too_big':
      return error('too-big', `expected at most ${issue.maximum}${issue.origin === 'array' ? ' in the list' : ''}`);
    case 'custom': {
      const { code = 'invalid', hint, atKey } = paramsOf(issue);
      if (code === 'wrong-type')
        return error(code, `${issue.message}, found ${describe(found)}`, wrongValueHint(root, schema, issue));
      return { ...error(code, issue.message, hint, atKey ? 'key' : undefined), hint };
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
