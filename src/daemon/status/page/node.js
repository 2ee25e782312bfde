/** An element as a plain value. Falsy children are left out, lists are taken apart; texts stay texts. */
export function h(tag, attributes, ...children) {
  return { tag, attributes, children: children.flat(Infinity).filter((child) => child || child === 0) };
}

/** How long ago a moment was; the number is filled in, and kept right, by the page. */
export function ago(iso) {
  return [h('time', { datetime: iso }), ' ago'];
}

/** How long something has lasted. */
export function lasting(iso) {
  return ['for ', h('time', { datetime: iso })];
}

/** One of a list of facts, with a second line if there is more to say. */
export function fact(name, value, more) {
  return h('div', {}, h('dt', {}, name), h('dd', {}, value), more && h('dd', { class: 'soft' }, more));
}
