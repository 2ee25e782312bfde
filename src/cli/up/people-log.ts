import { visible } from '../../diagnostics/visible.ts';
import type { Log, LogLevel } from '../../log.ts';
import { checkText, createFailingChecks, isLoggedCheck } from './told-checks.ts';

export interface PeopleLogParts {
  readonly level: LogLevel;
  readonly quiet: boolean;
  readonly tell: (line: string) => void;
  /** How a plan of this digest is allowed once, as it is typed. */
  readonly allowing: (digest: string) => string;
  /** How all checks are asked, as it is typed. */
  readonly testing: () => string;
}

/** What the daemon logs, in sentences for one who looks at a terminal or a journal. */
export interface PeopleLog {
  readonly log: Log;
  /** Until then what goes well, and why the start failed, is told by others. */
  open(): void;
}

type Fields = Readonly<Record<string, unknown>>;

const shownElsewhere = new Set(['diagnostic', 'watching', 'status served']);
/** Their reason is a sentence of its own. */
const onlyReason = new Set(['policies not applied', 'Caddy cannot be asked', 'status not served', 'files are polled']);

export function createPeopleLog({ level, quiet, tell, allowing, testing }: PeopleLogParts): PeopleLog {
  let isOpen = false;
  const failing = createFailingChecks((line) => tell(visible(`warning: ${line}`)), testing);
  const say = (name: 'error' | 'warning', message: string, fields: Fields): void => {
    if (shownElsewhere.has(message) || (!isOpen && message === 'policies not applied')) return;
    if (isLoggedCheck(fields) && message === 'check fails') return failing(fields);
    const reason = isLoggedCheck(fields) ? checkText(fields) : reasonOf(fields);
    const said = reason === undefined ? message : onlyReason.has(message) ? reason : `${message}: ${reason}`;
    tell(visible(`${name}: ${said}`));
    const hint = hintOf(fields);
    if (hint !== undefined) tell(visible(`hint: ${hint}`));
  };
  const reasonOf = ({ reason }: Fields): string | undefined => (typeof reason === 'string' ? reason : undefined);
  const hintOf = ({ digest, hint }: Fields): string | undefined => {
    if (typeof digest === 'string') return `if that is meant, allow it once: ${allowing(digest)}`;
    return typeof hint === 'string' ? hint : undefined;
  };
  return {
    open: () => void (isOpen = true),
    log: {
      error: (fields, message) => say('error', message, { ...fields }),
      warn: (fields, message) => quiet || say('warning', message, { ...fields }),
      info(fields, message) {
        if (isOpen && !quiet && !shownElsewhere.has(message)) tell(visible(sentence(message, { ...fields })));
      },
      debug(fields, message) {
        if (level === 'debug') tell(visible(`debug: ${message}  ${JSON.stringify(fields)}`));
      },
    },
  };
}

function sentence(message: string, { changes, saveToLiveMs }: Fields): string {
  if (message === 'nothing to apply') return 'Nothing to apply: Caddy has what the policies say';
  const said = typeof changes === 'string' ? changes : message;
  const after = typeof saveToLiveMs === 'number' ? `, live ${saveToLiveMs} ms after the save` : '';
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${after}`;
}
