import { isLoopback } from '../../ir/checks/reach.ts';
import { parseListen } from '../../plan/listen.ts';
import { type AdminFacts, adminBlock, socketAddress } from './facts.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** Who reaches the admin API: by the address in the live config, or else by the one that was asked. */
export function listener({ address, inspection }: AdminFacts): Finding {
  const { listen } = adminBlock(inspection);
  const parsed = typeof listen === 'string' ? parseListen(listen) : undefined;
  if (parsed?.kind === 'net') return byHost(parsed.host, parsed.from, 'it listens on');
  if (parsed?.kind === 'path' || address.kind === 'unix') return ok(ID, 'it listens on a Unix socket');
  if (address.protocol === 'https') return ok(ID, 'it was asked over TLS, and its config names no address without');
  const { hostname, port } = new URL(address.origin);
  return byHost(hostname.replaceAll(/[[\]]/g, ''), Number(port || '80'), 'it answers at');
}

function byHost(host: string, port: number, verb: string): Finding {
  if (host === '') {
    const why =
      'whoever reaches that port can have Caddy serve anything, and Caddy does not check there for whom a request is meant';
    return problem(ID, `${verb} every address of its machine, port ${port}`, why, toSocket);
  }
  const at = `${verb} ${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (isLoopback(host)) {
    const why =
      'every user and program of that machine, and each container that shares its network, can have Caddy serve anything';
    return warning(ID, `${at}, where a Unix socket would do`, why, toSocket);
  }
  return problem(ID, `${at}, which other machines reach`, 'whoever reaches it can have Caddy serve anything', toSocket);
}

/** Whether a page can get at it under a name of its own that leads there. */
export function foreignHost({ inspection }: AdminFacts): Finding[] {
  switch (inspection.letsForeignHostIn) {
    case undefined:
      return [];
    case false:
      return [ok('admin-host', 'it takes requests by its own names alone')];
    case true: {
      const why = 'a web page whose name is made to lead there (DNS rebinding) can change everything through a browser';
      const close = `have Caddy listen on a Unix socket or on 127.0.0.1:2019, where it checks names; nothing may forward a port to it`;
      return [problem('admin-host', 'it takes requests that were made for any host', why, close)];
    }
    default:
      return inspection.letsForeignHostIn satisfies never;
  }
}

const ID = 'admin-listener';

const toSocket = `start Caddy with CADDY_ADMIN='${socketAddress}', or write "admin ${socketAddress}" into the global options of its Caddyfile, "admin": { "listen": "${socketAddress}" } into its JSON`;
