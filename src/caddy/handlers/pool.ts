import type { Modifiers, Upstream } from '../../ir/model.ts';
import type { Balance } from '../../policy/schema/service.ts';
import { goDuration } from '../duration.ts';
import type { JsonObject } from '../json.ts';
import { placeholder, verbatim } from '../placeholders.ts';

/** Addresses and how they are reached: the part of `reverse_proxy` that an app and an auth service share. */
export function pool(upstream: Upstream, { timeouts }: Pick<Modifiers, 'timeouts'>): JsonObject {
  const { addresses, facts } = upstream;
  const loadBalancing = {
    ...(facts.balance !== undefined && { selection_policy: selection(facts.balance) }),
    ...(facts.retries !== undefined && { retries: facts.retries }),
  };
  const health = healthChecks(upstream);
  return {
    upstreams: addresses.map(({ dial }) => ({ dial })),
    transport: transport(upstream, timeouts?.value),
    ...(Object.keys(loadBalancing).length > 0 && { load_balancing: loadBalancing }),
    ...(Object.keys(health).length > 0 && { health_checks: health }),
  };
}

function selection(balance: Balance): JsonObject {
  if (typeof balance === 'string') return { policy: balance };
  return 'cookie' in balance ? { policy: 'cookie', name: balance.cookie } : { policy: 'header', field: balance.header };
}

/** A single address is not health-checked: there is nowhere else to go, and a check would only turn a slow app into a 503. */
function healthChecks({ addresses, facts }: Upstream): JsonObject {
  return {
    ...(addresses.length > 1 &&
      facts.health !== undefined && { active: { uri: verbatim(facts.health), interval: '10s', timeout: '5s' } }),
    ...(facts.passive && {
      passive: {
        fail_duration: goDuration(facts.passive.fail_duration),
        max_fails: facts.passive.max_fails,
        ...(facts.passive.unhealthy_status.length > 0 && { unhealthy_status: facts.passive.unhealthy_status }),
      },
    }),
  };
}

function transport({ addresses, facts }: Upstream, timeouts: Upstream['facts']['timeouts']): JsonObject {
  const { connect, first_byte: firstByte, idle } = { ...facts.timeouts, ...timeouts };
  const scheme = addresses[0]?.scheme;
  return {
    protocol: 'http',
    // Go would ask the app for gzip and unpack it on the way: an event stream must come as the app sends it.
    compression: false,
    ...(scheme === 'h2c' && { versions: ['h2c', '2'] }),
    ...(scheme === 'https' && { tls: upstreamTls(facts.tls) }),
    ...(connect !== undefined && { dial_timeout: goDuration(connect) }),
    ...(firstByte !== undefined && { response_header_timeout: goDuration(firstByte) }),
    ...(idle !== undefined && { keep_alive: { idle_timeout: goDuration(idle) } }),
  };
}

function upstreamTls(tls: Upstream['facts']['tls']): JsonObject {
  return {
    ...(tls?.ca && { ca: { provider: 'file', pem_files: tls.ca } }),
    ...(tls?.server_name !== undefined && { server_name: tls.server_name }),
    ...(tls?.certificate !== undefined && { client_certificate_file: tls.certificate }),
    ...(tls?.key !== undefined && { client_certificate_key_file: tls.key }),
    ...(tls?.insecure && { insecure_skip_verify: true }),
  };
}

/** The Host that the app sees. Since 2.11 Caddy sends an app behind https its own address unless it is told otherwise. */
export function hostHeader({ addresses, facts: { host_header: host } }: Upstream): Record<string, string[]> {
  if (host === 'upstream') return { Host: [placeholder('http.reverse_proxy.upstream.hostport')] };
  if (host !== 'client') return { Host: [host.value] };
  return addresses.some(({ scheme }) => scheme === 'https') ? { Host: [placeholder('http.request.hostport')] } : {};
}
