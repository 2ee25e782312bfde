import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { parseHost, parseRanges } from './network.ts';
import { nameKey } from './scalars.ts';
import { hasControlCharacter, oneOrMore, type Parsed, problem, textOf } from './text.ts';

/** What is more than to serve one's own hosts from one's own upstreams. */
export const features = ['raw', 'files', 'on_demand', 'expression', 'global', 'listen', 'shared'] as const;
export type Feature = (typeof features)[number];

/** A host and all below it; the empty text stands for every host. */
const suffix = textOf(
  (text): Parsed<string> => {
    if (text === '*') return { value: '' };
    if (!text.startsWith('*.')) return parseHost(text);
    return problem('host', `"${text}" is more than is needed`, `write ${text.slice(2)}: it takes in all below it`);
  },
  { description: 'A host with all below it: example.com; "*" is every host that no other owner has.' },
);

/** Where an owner's routes may lead. */
export type UpstreamRule =
  | { readonly kind: 'addresses'; readonly ranges: readonly string[]; readonly ports: Ports }
  | { readonly kind: 'names'; readonly name: string; readonly below: boolean; readonly ports: Ports }
  | { readonly kind: 'socket'; readonly path: string; readonly below: boolean };

export interface Ports {
  readonly from: number;
  readonly to: number;
}

const UPSTREAM_HINT = 'like 10.1.0.0/16:8000-8999, "[fd00::]/8:80", app:3000, "*.web.internal:80", unix//run/web/*';

/** `10.1.0.0/16:8000-8999`, `private`, `*.web.internal:80`, `unix//run/web/*`; without a port, every port. */
function parseUpstreamRule(text: string): Parsed<UpstreamRule> {
  const bad = (why: string) =>
    problem('upstream-rule', `"${text}" does not say where routes may lead: ${why}`, UPSTREAM_HINT);
  if (hasControlCharacter(text) || /[{}\s]/.test(text)) return bad('it has characters that no address has');
  if (text.startsWith('unix/')) {
    const [, path, below] = /^unix\/(\/[^*]*?)(\/\*)?$/.exec(text) ?? [];
    if (path === undefined || path === '/' || /\/\.{0,2}(\/|$)/.test(path))
      return bad('a socket is unix//path or unix//folder/*');
    return { value: { kind: 'socket', path, below: below !== undefined } };
  }
  const [, bracketed, plain, bits = '', from, to = from] =
    /^(?:\[([^\]]+)\]|([^:[\]/]+))(\/\d{1,3})?(?::(\d{1,5})(?:-(\d{1,5}))?)?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return bad('expected a name, an address or a range, and ports');
  const ports = from === undefined ? { from: 1, to: 65_535 } : { from: Number(from), to: Number(to) };
  if (ports.from < 1 || ports.to > 65_535 || ports.from > ports.to) return bad('these are no ports');
  if (bracketed !== undefined && !isIPv6(bracketed)) return bad(`"${bracketed}" is no address`);
  const ranges = parseRanges(host + bits);
  if ('value' in ranges && ranges.value.length > 0)
    return { value: { kind: 'addresses', ranges: ranges.value, ports } };
  const below = host.startsWith('*.');
  const name = domainToASCII((below ? host.slice(2) : host).replace(/\.$/, ''));
  if (bits !== '' || name === '' || !/^[a-z0-9_.-]+$/.test(name) || /(^|\.)\d+$/.test(name))
    return bad(`"${host + bits}" is no host`);
  return { value: { kind: 'names', name, below, ports } };
}

/** Whether one of these rules is about a variable of this name. */
export function isVariableOf(rules: readonly string[], name: string): boolean {
  return rules.some((rule) => (rule.endsWith('*') ? name.startsWith(rule.slice(0, -1)) : name === rule));
}

/** A name, or with `*` at its end all that begin so. */
const variable = textOf(
  (text) =>
    /^[A-Za-z_][A-Za-z0-9_]*\*?$/.test(text)
      ? { value: text }
      : problem(
          'variable',
          `"${text}" is not the name of a variable`,
          'like WEB_DOMAIN, or WEB_* for all that begin so',
        ),
  { description: "A variable of caddyctl's environment: WEB_DOMAIN, or WEB_* for all that begin so." },
);

const grant = textOf(
  (text) =>
    /^[a-z][a-z0-9_-]{0,62}\/[a-z][a-z0-9_-]{0,62}$/.test(text)
      ? { value: text }
      : problem('name', `"${text}" is not a name of another owner`, 'the owner, a slash and the name: ops/auth'),
  { description: 'A service or preset of another owner: ops/auth.' },
);

const folder = textOf(
  (text) =>
    text === '' || text.startsWith('/') || hasControlCharacter(text) || text.split('/').includes('..')
      ? problem(
          'folder',
          `"${text}" is no folder at or below that of this file`,
          'like web, teams/web, or "." for all that is nobody else\'s',
        )
      : { value: text },
  { description: 'A folder, from where this file is; "." for all that is nobody else\'s.' },
);

const owner = z.strictObject({
  folder: oneOrMore(folder).meta({ description: 'Whose files these are: a folder with all below it, or several.' }),
  hosts: oneOrMore(suffix).default([]).meta({ description: 'Hosts that its sites may have, each with all below it.' }),
  upstreams: oneOrMore(textOf(parseUpstreamRule, { description: `Where routes may lead, ${UPSTREAM_HINT}.` }))
    .default([])
    .meta({ description: 'Where its routes may lead, and nowhere else.' }),
  may: oneOrMore(z.enum(features)).default([]).meta({ description: 'What it may beyond that.' }),
  variables: oneOrMore(variable)
    .default([])
    .meta({ description: 'Variables that ${…} may name; others are unset for it.' }),
  secrets: oneOrMore(variable)
    .default([])
    .meta({ description: "Variables of Caddy's environment that { env: … } may name." }),
  use: oneOrMore(grant).default([]).meta({ description: 'Services and presets of other owners that it may use.' }),
  sites: z.int().min(0).optional().meta({ description: 'How many hosts it may serve.' }),
  routes: z.int().min(0).optional().meta({ description: 'How many routes it may have.' }),
});

export type OwnerRules = z.output<typeof owner>;

/** Who may do what in a set of policies that several people write. */
export const ownersFile = z
  .strictObject({
    $schema: z.string().optional(),
    owners: z.record(nameKey, owner).meta({ description: 'Who the policies belong to, by name.' }),
  })
  .meta({ title: 'caddyctl owners' });
