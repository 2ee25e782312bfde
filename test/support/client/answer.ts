/** One answer, with its header lines as they came, so that a header that stands twice is seen twice. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** All values of a header, one for each line. */
export function all(answer: Pick<Answer, 'headers'>, name: string): string[] {
  return answer.headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

/** Pairs from Node's flat list of names and values. HTTP/2's pseudo-headers are left out. */
export function pairs(raw: readonly string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    if (!name.startsWith(':')) found.push([name, raw[at + 1] ?? '']);
  }
  return found;
}
