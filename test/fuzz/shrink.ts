import type { SourceFile } from '../../src/diagnostics/position.ts';
import { parseDocument } from '../../src/policy/document.ts';
import { toValue } from '../../src/policy/tree.ts';

const mostTries = 400;

/** A smaller text of which `fails` still holds, by leaving out first values and then lines. */
export async function shrunk(
  sources: readonly SourceFile[],
  fails: (sources: readonly SourceFile[]) => Promise<boolean>,
): Promise<readonly SourceFile[]> {
  let left = mostTries;
  const stillFails = async (candidate: readonly SourceFile[]): Promise<boolean> =>
    left-- > 0 && (await fails(candidate));
  let smallest = sources;
  for (const [index, { path }] of sources.entries()) {
    const withText = (text: string): readonly SourceFile[] => smallest.with(index, { path, text });
    const { root } = parseDocument(smallest[index] ?? { path, text: '' });
    let value = root && toValue(root);
    const asJson = JSON.stringify(value, null, 1) ?? '';
    if (await stillFails(withText(asJson))) {
      smallest = withText(asJson);
      for (let smaller = await smallerValue(value); smaller !== undefined; smaller = await smallerValue(value)) {
        value = smaller.value;
        smallest = withText(smaller.text);
      }
    } else {
      for (let size = lineCount(smallest); size >= 1; size = Math.floor(size / 2)) await withoutLines(size);
    }

    async function smallerValue(from: unknown): Promise<{ value: unknown; text: string } | undefined> {
      for (const candidate of withoutOne(from)) {
        const text = JSON.stringify(candidate, null, 1);
        if (left <= 0) return undefined;
        if (await stillFails(withText(text))) return { value: candidate, text };
      }
      return undefined;
    }

    async function withoutLines(size: number): Promise<void> {
      for (let at = 0; at < lineCount(smallest); ) {
        const candidate = withText((smallest[index]?.text ?? '').split('\n').toSpliced(at, size).join('\n'));
        if (await stillFails(candidate)) smallest = candidate;
        else at += size;
      }
    }

    function lineCount(of: readonly SourceFile[]): number {
      return (of[index]?.text ?? '').split('\n').length;
    }
  }
  return smallest;
}

/** The value without one of its parts, the large ones first. */
function* withoutOne(value: unknown): Generator {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const index of value.keys()) yield value.toSpliced(index, 1);
    for (const [index, item] of value.entries())
      for (const smaller of withoutOne(item)) yield value.with(index, smaller);
    return;
  }
  const entries = Object.entries(value);
  for (const [key] of entries) yield Object.fromEntries(entries.filter(([other]) => other !== key));
  for (const [key, item] of entries) for (const smaller of withoutOne(item)) yield { ...value, [key]: smaller };
}
