import { isJsonObject, type JsonValue } from '../../caddy/json.ts';
import { type AdminFacts, adminBlock } from './facts.ts';
import { type Finding, ok, warning } from './finding.ts';

/** Caddy's second admin API, for other machines, and configs that Caddy fetches by itself. */
export function remote({ inspection }: AdminFacts): Finding[] {
  const { remote: settings, config } = adminBlock(inspection);
  return [
    isJsonObject(settings) ? enabled(settings['access_control']) : ok(ID, 'remote admin is off'),
    ...kept(config),
  ];
}

function enabled(control: JsonValue | undefined): Finding {
  const holders = Array.isArray(control) ? control.filter(isJsonObject) : [];
  const unbound = holders.filter(({ permissions }) => !Array.isArray(permissions) || permissions.length === 0).length;
  const seen = `remote admin is on, for ${holders.length} ${holders.length === 1 ? 'group' : 'groups'} of certificates${unbound === 0 ? '' : `, ${unbound} of which may do everything`}`;
  const why = 'who has such a certificate can have Caddy serve anything, from other machines too';
  const close =
    'if nobody needs it, take "remote" out of "admin"; else give each entry of access_control its "permissions", and let only those machines reach its port (2021)';
  return warning(ID, seen, why, close);
}

function kept(config: JsonValue | undefined): Finding[] {
  const { persist, load } = isJsonObject(config) ? config : {};
  const findings: Finding[] = [];
  if (persist === false) {
    const why = 'a Caddy that restarts serves nothing, or an old file, until caddyctl has given it the policies again';
    const close =
      'take "persist": false out of "admin": { "config": … } (persist_config off in a Caddyfile), and start Caddy with --resume';
    findings.push(warning('admin-persist', 'Caddy does not keep its config on disk', why, close));
  } else {
    findings.push(ok('admin-persist', 'Caddy keeps its config on disk (autosave.json)'));
  }
  if (load !== undefined && load !== null) {
    const why = 'what it fetches takes the place of everything that caddyctl has applied';
    const close = 'take "load" out of "admin": { "config": … }';
    findings.push(warning('admin-load', 'Caddy fetches its config from elsewhere by itself', why, close));
  }
  return findings;
}

const ID = 'admin-remote';
