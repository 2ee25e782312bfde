import type { CheckDocument, CheckJson } from './document.ts';

/** The form that most CI systems read: a suite for each site. */
export function checksAsJunit({ checks, ms }: CheckDocument): string {
  const sites = [...new Set(checks.map(({ site }) => site))];
  const suites = sites.map((site) =>
    suite(
      site,
      checks.filter((check) => check.site === site),
    ),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: 'caddyctl test', ...counts(checks), time: seconds(ms) })}>`,
    ...suites,
    '</testsuites>\n',
  ].join('\n');
}

function suite(site: string, checks: readonly CheckJson[]): string {
  return [
    `  <testsuite ${attributes({ name: site, ...counts(checks) })}>`,
    ...checks.map(testCase),
    '  </testsuite>',
  ].join('\n');
}

function counts(checks: readonly CheckJson[]): Record<string, string> {
  const count = (outcome: string) => String(checks.filter((check) => check.outcome === outcome).length);
  return { tests: String(checks.length), failures: count('failed'), skipped: count('skipped') };
}

function testCase({
  id,
  name,
  site,
  says,
  outcome,
  ms,
  expected = '',
  got = '',
  reason = '',
  place,
}: CheckJson): string {
  const head = `    <testcase ${attributes({
    name: id,
    classname: `${site}.${name}`,
    file: place.file,
    line: String(place.line),
    time: seconds(ms),
  })}`;
  if (outcome === 'passed') return `${head}/>`;
  const inner =
    outcome === 'skipped'
      ? `<skipped ${attributes({ message: reason })}/>`
      : `<failure ${attributes({ message: `expected ${expected}, got ${got}` })}>${escaped(says)}</failure>`;
  return `${head}>${inner}</testcase>`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

function attributes(given: Readonly<Record<string, string>>): string {
  return Object.entries(given)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(' ');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no place for other control characters, not even by number. */
function escaped(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/g, '\ufffd');
  return clean.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character).replace(/[\n\r\t]/g, ' ');
}
