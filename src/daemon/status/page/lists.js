import { h, lasting } from './node.js';

/** So many are shown at once, what is not fine before what is; the rest waits to be unfolded. */
const mostShown = { fine: 12, bad: 50 };

const marks = { True: ['✓', 'good'], False: ['✗', 'bad'], Unknown: ['?', 'warn'] };

/** Files or sites: what needs a look first, with why and since when. What the headline has `said` is not said again. */
export function items(title, all, said, nameOf) {
  if (all.length === 0) return undefined;
  const bad = all.filter(({ fine }) => !fine);
  const good = all.filter(({ fine }) => fine);
  const sorted = [...bad, ...good];
  const shown = Math.max(mostShown.fine, Math.min(mostShown.bad, bad.length));
  const [first, rest] = [sorted.slice(0, shown), sorted.slice(shown)];
  const list = (some) => h('ul', { class: 'items' }, ...some.map((each) => item(each, said, nameOf(each))));
  return h(
    'section',
    {},
    h(
      'h2',
      {},
      title,
      ' ',
      h('small', {}, bad.length === 0 ? `${all.length}` : `${all.length}, ${bad.length} to look into`),
    ),
    list(first),
    rest.length > 0 &&
      h('details', {}, h('summary', {}, `${rest.length} more${shown < bad.length ? '' : ', all fine'}`), list(rest)),
  );
}

function item({ conditions }, said, name) {
  const parts = name.flatMap((part) => [part, ' ']);
  return h(
    'li',
    {},
    h('div', { class: 'row' }, h('div', {}, parts), h('ul', { class: 'marks' }, ...conditions.map(mark))),
    ...Object.values(Object.groupBy(conditions.filter(isBad), ({ message }) => message)).map((same) => why(same, said)),
  );
}

function isBad({ type, status }) {
  return status === 'False' || (status === 'Unknown' && type !== 'Verified');
}

/** For conditions with one message. */
function why([first, ...others], said) {
  const { type, status, reason, message, since } = first;
  const types = [type, ...others.map((other) => other.type)].join(', ');
  return h(
    'div',
    { class: `why ${marks[status][1]}` },
    !said.includes(message) && h('p', {}, message),
    h('p', { class: 'soft' }, `${types}: ${reason}, `, lasting(since)),
  );
}

function mark({ type, status, message }) {
  const [sign, tone] = type === 'Verified' && status === 'Unknown' ? ['–', 'quiet'] : marks[status];
  const words = { True: 'yes', False: 'no', Unknown: 'unknown' }[status];
  return h(
    'li',
    { class: `tone ${tone}`, title: message },
    h('span', { 'aria-hidden': 'true' }, sign, ' '),
    type,
    h('span', { class: 'unseen' }, `: ${words}`),
  );
}

export function problems(all) {
  if (all.length === 0) return undefined;
  const each = ({ code, message, hint, since }) =>
    h(
      'li',
      {},
      h('p', {}, message),
      hint && h('p', { class: 'soft' }, hint),
      h('p', { class: 'soft' }, `${code}, `, lasting(since)),
    );
  return h(
    'section',
    {},
    h('h2', {}, 'Problems ', h('small', {}, `${all.length}`)),
    h('ul', { class: 'items' }, ...all.map(each)),
  );
}

/** What the last pass found in the files. */
export function diagnostics(pass) {
  const { diagnostics: all = [], diagnosticsTotal = 0 } = pass ?? {};
  if (all.length === 0) return undefined;
  const each = ({ code, severity, message, hint, place }) =>
    h(
      'li',
      {},
      place && h('p', {}, h('code', {}, `${place.file}:${place.line}:${place.column}`)),
      h(
        'div',
        { class: `why ${severity === 'error' ? 'bad' : 'warn'}` },
        h('p', {}, message),
        hint && h('p', { class: 'soft' }, hint),
        h('p', { class: 'soft' }, `${severity}: ${code}`),
      ),
    );
  return h(
    'section',
    {},
    h('h2', {}, 'Found in the files ', h('small', {}, `${diagnosticsTotal}`)),
    h('ul', { class: 'items' }, ...all.map(each)),
  );
}
