import { type CheckDocument, type CheckJson } from './document.ts';
import { sum } from './text.ts';

/** Workflow commands of GitHub Actions: an annotation at the policy line of each check that failed. */
export function checksAsGithub(document: CheckDocument): string {
  const failed = document.checks.filter(({ outcome }) => outcome === 'failed');
  return [...failed.map(annotation), data(sum(document))].map((line) => `${line}\n`).join('');
}

function annotation({ id, says, expected = '', got = '', place }: CheckJson): string {
  const where = Object.entries({
    file: place.file,
    line: place.line,
    endLine: place.endLine,
    col: place.column,
    title: id,
  }).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::error ${where.join(',')}::${data(`${says}: expected ${expected}, got ${got}`)}`;
}

/** As the runner decodes it. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
