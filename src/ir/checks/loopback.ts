import { BlockList, isIP } from 'node:net';

const NAMES = new Set(['localhost', 'localhost.localdomain', 'ip6-localhost', 'ip6-loopback']);

/** Whether dialling this host reaches this machine. The unspecified address does too, on Linux; IPv4 may be written as IPv6. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family !== 0) return ownAddresses().check(host, family === 4 ? 'ipv4' : 'ipv6');
  const name = host.toLowerCase();
  return NAMES.has(name) || name.endsWith('.localhost');
}

function ownAddresses(): BlockList {
  const own = new BlockList();
  own.addSubnet('127.0.0.0', 8);
  own.addAddress('0.0.0.0');
  own.addAddress('::1', 'ipv6');
  own.addAddress('::', 'ipv6');
  return own;
}
