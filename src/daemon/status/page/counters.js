import { fact, h } from './node.js';
import { took } from './time.js';

/** What was counted since the start. */
export function counters({ counters: { passes, loads, heals, passSeconds, saveToLiveSeconds }, histogramBounds }) {
  const ended = Object.entries(passes).filter(([, times]) => times > 0);
  return h(
    'section',
    {},
    h('h2', {}, 'Since the start'),
    h(
      'dl',
      { class: 'facts' },
      fact('Passes', ended.length === 0 ? 'none' : ended.map(([kind, times]) => `${times} ${kind}`).join(', ')),
      fact('Loads', `${loads}, of them ${heals} to heal`),
      fact('Length of a pass', spread(passSeconds, histogramBounds)),
      fact('From save to live', spread(saveToLiveSeconds, histogramBounds)),
    ),
  );
}

/** Half and nearly all of what was measured took at most so long. */
function spread({ buckets, count }, bounds) {
  if (count === 0) return 'not measured yet';
  const within = (part) => {
    const index = buckets.findIndex((times) => times >= count * part);
    return index === -1 ? `over ${bounds.at(-1)} s` : `within ${took(bounds[index] * 1_000)}`;
  };
  const [half, most] = [within(0.5), within(0.99)];
  return half === most ? `all but 1 % ${most}` : `half ${half}, all but 1 % ${most}`;
}
