import type { Case, Limit } from './cases.ts';
import type { Change } from './compare.ts';
import { TAKEN_AWAY } from './effects.ts';

/** What changes, in a few words: `upstream a:80 → b:80`, `loses header X-Frame-Options: DENY`. */
export function changeText({ of, before, after }: Change): string {
  if (of === 'host' || of === 'listener') {
    if (before === undefined) return `new ${of} (${after})`;
    return after === undefined ? `${of} gone` : `${of} ${before} → ${after}`;
  }
  if (of === 'answer') return answerText(before ?? '', after ?? '');
  if (of.startsWith('header ')) {
    if (before === undefined)
      return after === TAKEN_AWAY ? `no longer has ${of} of the app's` : `gains ${of}: ${after}`;
    if (after === undefined) return before === TAKEN_AWAY ? `has ${of} of the app's again` : `loses ${of}: ${before}`;
  }
  if (before === after) return before === '' || before === undefined ? `${of} changes` : `${of}: other ${before}`;
  // Where nothing is said of a header it is not taken away: it comes as the client sends it.
  const untold = of.startsWith('app header ') ? 'as the client sends it' : 'none';
  return `${of}: ${before ?? untold} → ${after ?? untold}`;
}

function answerText(before: string, after: string): string {
  const [was, is] = [before, after].map((text) => /^upstream (.*)$/s.exec(text)?.[1]);
  if (was !== undefined && is !== undefined) return `upstream ${was} → ${is}`;
  if (before === after) return `${after}, but another answer`;
  if (/^[45]\d\d/.test(after)) return `now ${after} (was ${before})`;
  return /^[45]\d\d/.test(before) ? `no longer ${before}, but ${after}` : `${before} → ${after}`;
}

/** Methods stand before a URL; undefined where all are meant. */
export function methodsText(cases: readonly Case[]): string | undefined {
  const said = cases.map((each) => each.find(({ of }) => of === 'method'));
  const [first] = said;
  if (first?.is === undefined || said.some((each) => JSON.stringify(each) !== JSON.stringify(first))) return undefined;
  return first.is.includes('any other') ? undefined : first.is.join(',');
}

const MOST_CASES = 2;

/** For which of the requests, in words; "" for all of them. */
export function casesText(cases: readonly Case[]): string {
  const hasMethods = methodsText(cases) !== undefined;
  const texts = cases.map((each) =>
    each
      .filter(({ of, is }) => !(of === 'method' && hasMethods) && (is !== undefined || isTelling(of)))
      .map(limitText)
      .join(' and '),
  );
  const distinct = [...new Set(texts)];
  if (distinct.includes('')) return '';
  const more = distinct.length - MOST_CASES;
  return more > 0 ? `${distinct.slice(0, MOST_CASES).join('; or ')}; or in ${more} more ways` : distinct.join('; or ');
}

/** Who shows no credential, sends no body and no Origin is whom one thinks of anyway. */
function isTelling(of: string): boolean {
  return ![
    'credential',
    'origin',
    'body',
    'client said by a proxy',
    'header X-Forwarded-Proto',
    'header X-Forwarded-Host',
  ].includes(of);
}

function limitText({ of, is, not = [] }: Limit): string {
  return is ? `${of} ${is.join(' or ')}` : `not ${of} ${not.join(' or ')}`;
}
