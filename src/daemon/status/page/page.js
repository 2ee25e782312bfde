import { since } from './time.js';
import { title, view } from './view.js';

const main = document.getElementById('main');
const connection = document.getElementById('connection');
/** The sections that are shown, each as the text of what it was made from. */
let shown = [];

const events = new EventSource('api/events');
events.addEventListener('open', () => tell('live'));
events.addEventListener('error', () => {
  // A browser gives up for good where it was turned away, as it is when too many follow.
  if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 30_000);
  tell('not connected: what is shown may be old; trying again');
});
events.addEventListener('status', (event) => {
  const status = JSON.parse(event.data);
  document.title = title(status);
  show(view(status));
});
setInterval(tellTimes, 5_000);

function tell(words) {
  connection.textContent = words;
}

/** Replaces only the sections that are others than before, so that a reader keeps place, selection and focus. */
function show(sections) {
  const made = sections.map((section) => JSON.stringify(section));
  const nodes = sections.map((section, index) => {
    const before = main.children[shown.indexOf(made[index])];
    return before ?? unfolded(element(section), main.children[index]);
  });
  main.replaceChildren(...nodes);
  shown = made;
  tellTimes();
}

function element({ tag, attributes, children }) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.map((child) => (typeof child === 'object' ? element(child) : String(child))));
  return made;
}

/** What a reader has unfolded stays so. */
function unfolded(after, before) {
  const open = before?.querySelector('details')?.open === true;
  const details = after.querySelector('details');
  if (open && details !== null) details.open = true;
  return after;
}

function tellTimes() {
  for (const time of main.querySelectorAll('time')) {
    const words = since(time.dateTime, Date.now());
    if (time.textContent === words) continue;
    time.textContent = words;
    time.title = new Date(time.dateTime).toLocaleString();
  }
}
