/** A check as the daemon logs it, see `checksLogger`. */
export interface LoggedCheck {
  readonly site: string;
  readonly check: string;
  readonly expected?: string;
  readonly got?: string;
  /** `policies/app.yaml:3:45` */
  readonly place: string;
}

/** More than so many that fail at once have one cause, such as apps that do not run. */
const mostTold = 3;

export function isLoggedCheck(fields: object): fields is LoggedCheck {
  return 'check' in fields && 'site' in fields && 'place' in fields;
}

/**
 * Tells of those that fail, which a turn logs all at once: each by itself, or one for all where they are many. How many is not
 * said, since of hundreds not all are logged.
 */
export function createFailingChecks(
  tell: (line: string) => void,
  testing: () => string,
): (fields: LoggedCheck) => void {
  let found: LoggedCheck[] = [];
  const end = (): void => {
    const [first, ...others] = found;
    found = [];
    if (first === undefined) return;
    if (others.length < mostTold) for (const each of [first, ...others]) tell(`check fails: ${checkText(each)}`);
    else tell(`several checks fail, such as ${checkText(first)}; all of them: ${testing()}`);
  };
  return (fields) => {
    if (found.length === 0) queueMicrotask(end);
    found.push(fields);
  };
}

/** `app.example.com: app is well: GET /health is a 2xx: expected a 2xx, got 502 (policies/app.yaml:3:45)` */
export function checkText({ site, check, expected, got, place }: LoggedCheck): string {
  const seen = [
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(got === undefined ? [] : [`got ${got}`]),
  ];
  return `${site}: ${check}${seen.length === 0 ? '' : `: ${seen.join(', ')}`} (${place})`;
}
