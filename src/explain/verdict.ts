import type { End, Way } from './answer.ts';

/** What comes of a way, in one line. */
export function verdictOf({ steps, end }: Way): string {
  const said = endSays(end);
  const conditions = steps
    .filter(({ verdict }) => verdict === 'depends')
    .map(({ kind, refusal }) => `${kind}${refusal ? ` (else ${refusal.status})` : ''}`);
  return conditions.length === 0 ? said : `${said}, if it passes ${conditions.join(' and ')}`;
}

const WORDS: Readonly<Record<string, string>> = {
  no_route: 'no route takes it',
  unknown_host: 'no site has this host here',
  bad_request: 'it cannot be read as a request',
  no_path: 'its target is no path',
  odd_host: 'its host is missing, or spelt as no client spells it',
  deny: 'the route denies',
};

function endSays(end: End): string {
  switch (end.kind) {
    case 'proxy':
      return `goes to ${upstreamName(end.upstream)}`;
    case 'respond':
      return `${end.status}, answered by Caddy itself`;
    case 'redirect':
      return `${end.status} to ${end.location}`;
    case 'files':
      return `a file below ${end.root}`;
    case 'raw':
      return "only Caddy can tell: the policy's own handlers answer";
    case 'refused': {
      const { status, error, location } = end.refusal;
      const page = status === error ? '' : ` (in place of ${error})`;
      return `${status}${page}${location === undefined ? '' : ` to ${location}`}: ${WORDS[end.by] ?? `refused by ${end.by}`}`;
    }
    case 'unanswered':
      return `no answer: ${end.says}`;
    default:
      return end satisfies never;
  }
}

export function upstreamName({
  service,
  addresses,
}: {
  readonly service?: string;
  readonly addresses: readonly { readonly dial: string }[];
}): string {
  const dials = addresses.map(({ dial }) => dial).join(', ');
  return service === undefined ? dials : `${service} (${dials})`;
}
