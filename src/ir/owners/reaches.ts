import { BlockList, isIP } from 'node:net';
import { posix } from 'node:path';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { assertNever } from '../../diagnostics/assert-never.ts';
import type { ParsedPolicy } from '../../policy/parse.ts';
import { type Reach, reachesOf } from '../../policy/reaches.ts';
import { type Address, address } from '../../policy/schema/network.ts';
import { type Feature, isVariableOf, type UpstreamRule } from '../../policy/schema/owners.ts';
import { canonicalHost, isLoopback } from '../checks/reach.ts';
import { breach } from './breach.ts';
import type { Owner } from './owners.ts';

type Dialled = Pick<Address, 'dial' | 'host' | 'port'>;

/** Backends, files and the like that the owner may not reach. */
export function reachBreaches({ file, root }: ParsedPolicy, owner: Owner): Diagnostic[] {
  const mayDial = dialRights(owner.rules.upstreams);
  // What an alias stands for is told of once, however many there are.
  const told = new Set<Reach['node']>();
  return reachesOf(root).flatMap((reach) => {
    const forbidden = told.has(reach.node) ? [] : forbiddenBy(owner, reach, mayDial);
    if (forbidden.length > 0) told.add(reach.node);
    return forbidden.map(({ code, rule, says, at }) => {
      const message = `${owner.name} may not ${says}`;
      return breach(code, owner, rule, { message, origin: { file, root, path: reach.path }, ...(at && { at }) });
    });
  });
}

interface Forbidden {
  readonly code: Parameters<typeof breach>[0];
  readonly rule: keyof Owner['rules'];
  readonly says: string;
  readonly at?: 'value';
}

function forbiddenBy({ rules }: Owner, reach: Reach, mayDial: (dialled: Dialled) => boolean): Forbidden[] {
  const needed = featureOf(reach);
  if (needed !== undefined && !rules.may.includes(needed.feature)) {
    const says = `${needed.says}: that is "${needed.feature}"`;
    return [{ code: 'owner-feature', rule: 'may', says }];
  }
  const secret = secretOf(reach);
  if (secret !== undefined && !isVariableOf(rules.secrets, secret)) {
    // By a gate of its own it would learn what another's credential is: checks send it, and an app may be passed it.
    const says = `use the secret ${secret}: it is none of its own`;
    return [{ code: 'owner-secret', rule: 'secrets', says, at: 'value' }];
  }
  return dialledBy(reach).flatMap((dialled): Forbidden[] => {
    if (mayDial(dialled)) return [];
    const says = `reach ${dialled.dial}: it is none of its upstreams`;
    return [{ code: 'owner-upstream', rule: 'upstreams', says, at: 'value' }];
  });
}

/** What it takes to say this. */
function featureOf({ kind, node }: Reach): { feature: Feature; says: string } | undefined {
  switch (kind) {
    case 'address':
    case 'to':
    case 'secret':
      return undefined;
    case 'file':
      return node.kind === 'scalar' ? { feature: 'files', says: "name files of Caddy's machine" } : undefined;
    case 'raw':
      return { feature: 'raw', says: 'write handlers of Caddy' };
    case 'expression':
      return { feature: 'expression', says: 'write expressions, in which placeholders are live' };
    case 'permission':
      return { feature: 'on_demand', says: 'have certificates made on demand' };
    case 'global':
      return { feature: 'global', says: 'say what holds for the sites of all' };
    case 'listen':
      return { feature: 'listen', says: 'say where Caddy listens' };
    case 'trusted_proxies':
      return { feature: 'shared', says: 'say which proxies a listener trusts, for it trusts them for all sites' };
    case 'log':
      // On or off is about the site alone.
      return node.kind === 'map' ? { feature: 'shared', says: 'redact logs, which are those of all sites' } : undefined;
    default:
      return assertNever(kind);
  }
}

function secretOf({ kind, node }: Reach): string | undefined {
  return kind === 'secret' && node.kind === 'scalar' ? String(node.value) : undefined;
}

function dialledBy({ kind, node }: Reach): Dialled[] {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return [];
  if (kind === 'permission') {
    const { hostname, host, port, protocol } = new URL(node.value);
    const known = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
    return [{ dial: host, host: hostname.replace(/^\[|\]$/g, ''), port: known }];
  }
  if (kind !== 'address' && kind !== 'to') return [];
  // A name of a service has neither; where the service leads is a matter of whoever defines it.
  const parsed = /[:/]/.test(node.value) ? address.safeParse(node.value) : undefined;
  return parsed?.success === true ? [parsed.data] : [];
}

/** Whether one of the rules leads there, however it is spelt. */
export function dialRights(rules: readonly UpstreamRule[]): (dialled: Dialled) => boolean {
  const tests = rules.map(testOf);
  return (dialled) => tests.some((test) => test(dialled));
}

function testOf(rule: UpstreamRule): (dialled: Dialled) => boolean {
  if (rule.kind === 'socket') {
    return ({ dial }) => {
      if (!dial.startsWith('unix/')) return false;
      const path = posix.normalize(dial.slice('unix/'.length)).replace(/^\/+/, '/');
      return rule.below ? path.startsWith(`${rule.path}/`) : path === rule.path;
    };
  }
  const { from, to } = rule.ports;
  const isHost = rule.kind === 'names' ? namesTest(rule.name, rule.below) : rangesTest(rule.ranges);
  return ({ host, port }) =>
    host !== undefined && port !== undefined && port >= from && port <= to && isHost(canonicalHost(host));
}

function namesTest(name: string, below: boolean): (host: string) => boolean {
  return (host) => (below ? host.endsWith(`.${name}`) : host === name);
}

function rangesTest(ranges: readonly string[]): (host: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [start = '', bits] = range.split('/');
    const family = isIP(start) === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(start, family);
    else list.addSubnet(start, Number(bits), family);
  }
  return (host) => {
    const dialled = isIP(host) === 0 && isLoopback(host) ? '127.0.0.1' : host;
    const family = isIP(dialled);
    return family !== 0 && list.check(dialled, family === 4 ? 'ipv4' : 'ipv6');
  };
}
