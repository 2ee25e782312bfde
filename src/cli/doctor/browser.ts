import { isLoopback } from '../../ir/checks/reach.ts';
import { type AdminFacts, adminBlock } from './facts.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** Which origins are let in: what holds against pages in a browser, and programs that are tricked into asking. */
export function origins({ address, inspection }: AdminFacts): Finding[] {
  if (address.kind === 'unix') return [ok(ID, 'no browser gets to a Unix socket')];
  if (address.protocol === 'https') return [];
  const { enforce_origin: enforced, origins: listed } = adminBlock(inspection);
  const own = new URL(address.origin).host;
  const close = `write "admin": { "enforce_origin": true, "origins": ["${own}"] } into Caddy's JSON, or the line enforce_origin into the block of "admin ${own}" in its Caddyfile; caddyctl copes with it`;
  return [...enforcement(enforced === true, inspection.letsForeignOriginIn, close), ...strangers(listed, own)];
}

function enforcement(enforced: boolean, letsIn: boolean | undefined, close: string): Finding[] {
  if (letsIn === true) {
    const why = 'any web page that is open in a browser on that machine can replace the whole config';
    return [problem(ID, 'it lets pages of other sites in', why, close)];
  }
  if (enforced) return [ok(ID, 'each request must come from an origin that Caddy knows')];
  const why = 'an app on that machine that can be tricked into asking (SSRF) sends no Origin, and is let in';
  return [warning(ID, 'enforce_origin is off: who sends no Origin is let in', why, close)];
}

/** The names are not told: they are values of the config. */
function strangers(listed: unknown, own: string): Finding[] {
  if (!Array.isArray(listed)) return [];
  const foreign = listed.filter((origin) => typeof origin === 'string' && origin !== '' && !isOwn(origin, own));
  if (foreign.length === 0) return [];
  const seen = `${foreign.length} of its ${listed.length} origins ${foreign.length === 1 ? 'is' : 'are'} not of that machine`;
  const why = 'a page of such an origin can have Caddy serve anything';
  return [warning('admin-foreign-origins', seen, why, 'take them out of "admin": { "origins": […] }')];
}

function isOwn(origin: string, own: string): boolean {
  const text = origin.includes('://') ? origin : `http://${origin}`;
  if (!URL.canParse(text)) return false;
  const { host, hostname } = new URL(text);
  return host === own || isLoopback(hostname.replaceAll(/[[\]]/g, ''));
}

const ID = 'admin-origins';
