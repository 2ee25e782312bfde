import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../diagnostics/position.ts';
import { FORBIDDEN_KEYS } from './document.ts';
import { plainValue } from './plain-value.ts';
import { holdsNoncharacter, NONCHARACTER } from './noncharacter.ts';
import type { DocumentNode, MapNode } from './tree.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What all variables of a file may put in, in characters: a long one that is named often is more than memory holds. */
const MOST_PUT_IN = 4 * 1024 * 1024;

const VARIABLE = /\$\$\{|\$\{([^}]*)\}?/g;

/**
 * Puts `${NAME}` and `${NAME:-default}` in, in values and keys, from caddyctl's own environment; `$${` is a literal `${`.
 * An unset variable without a default is an error, never an empty text: that would quietly change who may do what.
 */
export function interpolate(file: SourceFile, root: DocumentNode, env: Environment) {
  const diagnostics: Diagnostic[] = [];
  /** Where values begin that are not what was meant. */
  const touched = new Set<number>();
  let putIn = 0;
  if (!file.text.includes('${')) return { root, diagnostics, touched };
  const done = new Map<DocumentNode, DocumentNode>();

  const report = (
    code: string,
    message: string,
    hint: string,
    { range }: { range: DocumentNode['range'] },
    variable = '',
  ) => {
    // What is written with escapes is not found again, and then the whole value is the place.
    const start = file.text.indexOf(variable, range.start);
    const isFound = variable !== '' && start !== -1 && start + variable.length <= range.end;
    const narrow = isFound ? { start, end: start + variable.length } : range;
    diagnostics.push({ code, severity: 'error', message, hint, place: { file, range: narrow } });
    touched.add(range.start);
  };

  const expand = (text: string, node: { range: DocumentNode['range'] }): string =>
    text.replace(VARIABLE, (whole: string, inside: string | undefined) => {
      if (inside === undefined) return '${';
      const [, name, fallback] = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(inside) ?? [];
      if (name === undefined || !whole.endsWith('}')) {
        report(
          'variable',
          `"${whole}" is not a variable`,
          'write ${NAME} or ${NAME:-default}; a literal "${" is $${',
          node,
          whole,
        );
        return '';
      }
      const value: unknown = env[name];
      // Every object has a `constructor`, which nobody set.
      if (typeof value === 'string' && value !== '') {
        if (holdsNoncharacter(value)) {
          report('noncharacter', `in the variable ${name}, ${NONCHARACTER}`, 'set it to text', node, whole);
          return '';
        }
        if (putIn > MOST_PUT_IN) return '';
        putIn += value.length;
        if (putIn <= MOST_PUT_IN) return value;
        const most = `the variables of this file put in more than ${MOST_PUT_IN} characters`;
        report('set-too-large', most, 'name a long variable less often', node, whole);
        return '';
      }
      if (fallback === undefined) {
        report(
          'unset-variable',
          `the variable ${name} is not set`,
          `set it, or give a default: \${${name}:-…}`,
          node,
          whole,
        );
      }
      return fallback ?? '';
    });

  const visit = (node: DocumentNode): DocumentNode => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const made = remake(node);
    done.set(node, made);
    return made;
  };

  const remake = (node: DocumentNode): DocumentNode => {
    if (node.kind === 'list') return { ...node, items: node.items.map(visit) };
    if (node.kind === 'map') return remakeMap(node);
    if (typeof node.value !== 'string' || !node.value.includes('${')) return node;
    const text = expand(node.value, node);
    return { ...node, value: node.plain ? plainValue(text) : text };
  };

  const remakeMap = (node: MapNode): MapNode => {
    const entries: MapNode['entries'] = new Map();
    for (const [key, entry] of node.entries) {
      const name = key.includes('${') ? expand(key, { range: entry.key }) : key;
      if (name !== key && FORBIDDEN_KEYS.has(name)) {
        report('forbidden-key', `the key "${name}" is never a name here`, 'set the variable to a name', {
          range: entry.key,
        });
        continue;
      }
      if (entries.has(name)) {
        report('duplicate-key', `the key "${name}" stands twice in one map`, 'two variables have the same value', {
          range: entry.key,
        });
      }
      entries.set(name, { key: entry.key, node: visit(entry.node) });
    }
    return { ...node, entries };
  };

  return { root: visit(root), diagnostics, touched };
}
