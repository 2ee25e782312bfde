import { counters } from './counters.js';
import { diagnostics, items, problems } from './lists.js';
import { ago, fact, h, lasting } from './node.js';
import { took } from './time.js';

const headlines = {
  serving: ['Serving', 'good'],
  degraded: ['Degraded', 'warn'],
  'not-serving': ['Not serving', 'bad'],
};

/** The page for what `/api/status` answers: its sections in order, as plain values, without the time that goes by. */
export function view(status) {
  const said = status.reasons.map(({ message }) => message);
  return [
    headline(status),
    facts(status),
    problems(status.problems),
    diagnostics(status.lastPass),
    items('Files', status.files, said, (file) => [
      h('span', { class: 'name' }, file.path),
      file.held && 'an older text is served',
    ]),
    items('Sites', status.sites, said, (site) => [
      h('span', { class: 'name' }, site.hosts.join(', ')),
      h('code', { class: 'soft' }, `${site.file}:${site.line}`),
    ]),
    counters(status),
  ].filter(Boolean);
}

export function title({ state }) {
  return `${headlines[state][0]} · caddyctl`;
}

function headline({ state, reasons, sites, files, owner }) {
  const [word, tone] = headlines[state];
  const complaints = reasons.map(({ message, hint }) =>
    h('li', {}, h('p', {}, message), hint && h('p', { class: 'soft' }, hint)),
  );
  return h(
    'section',
    { class: `headline ${tone}`, 'aria-live': 'polite' },
    h('h2', {}, word),
    h('p', { class: 'soft' }, `${count(sites, 'site')} from ${count(files, 'file')}, owner ${owner}`),
    complaints.length > 0 && h('ul', {}, ...complaints),
  );
}

function facts({ revisions, caddy, drift, lastPass, lastSuccessAt, startedAt, caddyctl }) {
  const { desired, running, lastApplied } = revisions;
  return h(
    'dl',
    { class: 'facts' },
    fact(
      'Revision',
      code(running ?? 'none'),
      desired !== running && desired !== undefined && ['wanted: ', code(desired)],
    ),
    fact('Applied', lastApplied === undefined ? 'not since the start' : ago(lastApplied.at)),
    fact('Caddy', code(caddy.address), answering(caddy)),
    fact('Drift', drift === undefined ? 'none' : [drift.class, ' ', lasting(drift.since)]),
    fact(
      'Last pass',
      ...(lastPass === undefined ? ['not yet'] : [[lastPass.kind, ' ', ago(lastPass.at)], took(lastPass.milliseconds)]),
    ),
    fact('Last success', lastSuccessAt === undefined ? 'none' : ago(lastSuccessAt), [
      'started ',
      ago(startedAt),
      `, ${caddyctl}`,
    ]),
  );
}

function answering({ reachable, since }) {
  if (reachable === undefined) return 'was not asked yet';
  const [words, tone] = reachable ? ['answers', 'good'] : ['does not answer', 'bad'];
  return [h('span', { class: `tone ${tone}` }, words), since !== undefined && [' ', lasting(since)]];
}

function code(text) {
  return h('code', {}, text);
}

function count(list, noun) {
  return `${list.length} ${noun}${list.length === 1 ? '' : 's'}`;
}
