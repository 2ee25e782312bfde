import { BlockList, isIP } from 'node:net';
import { posix } from 'node:path';
import { domainToASCII } from 'node:url';

const LOOPBACK_NAMES = new Set(['', 'localhost', 'localhost.localdomain', 'ip6-localhost', 'ip6-loopback']);

// Made once: a check asks for every upstream of a set.
const ownAddresses = new BlockList();
ownAddresses.addSubnet('127.0.0.0', 8);
ownAddresses.addAddress('0.0.0.0');
ownAddresses.addAddress('::1', 'ipv6');
ownAddresses.addAddress('::', 'ipv6');

/** Whether dialling this host reaches this machine. The unspecified address does too, on Linux; IPv4 may be written as IPv6. */
export function isLoopback(host: string): boolean {
  const name = canonicalHost(host);
  return isAmong(name, ownAddresses) || LOOPBACK_NAMES.has(name) || name.endsWith('.localhost');
}

// Amazon, Azure, Google, Alibaba and Oracle; most of them answer at 169.254.169.254, too.
const METADATA_NAMES = new Set([
  'instance-data',
  'instance-data.ec2.internal',
  'metadata.azure.internal',
  'metadata.goog',
  'metadata.google.internal',
]);

const metadataAddresses = new BlockList();
metadataAddresses.addSubnet('169.254.0.0', 16);
metadataAddresses.addAddress('100.100.100.200');
metadataAddresses.addAddress('168.63.129.16');
metadataAddresses.addAddress('192.0.0.192');
metadataAddresses.addSubnet('fe80::', 10, 'ipv6');
metadataAddresses.addAddress('fd00:ec2::254', 'ipv6');
metadataAddresses.addAddress('fd20:ce::254', 'ipv6');
// The same by way of a translator: NAT64 and 6to4.
metadataAddresses.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
metadataAddresses.addSubnet('2002:a9fe::', 32, 'ipv6');

/** Whether this is a link-local address, or where a cloud tells a machine its own credentials. */
export function isMetadata(host: string): boolean {
  const name = canonicalHost(host);
  return isAmong(name, metadataAddresses) || METADATA_NAMES.has(name);
}

/** A socket's path without detours, as text; other addresses as they are. */
export function canonicalDial(dial: string): string {
  const [, path] = /^unix\/(.*)$/s.exec(dial) ?? [];
  return path === undefined ? dial : `unix/${posix.normalize(path).replace(/^\/+/, '//')}`;
}

/** As the system's resolver reads it, which takes 0x7f000001, 0177.1 and 127.1 for 127.0.0.1, and `localhost.` for localhost. */
export function canonicalHost(host: string): string {
  const name = host.toLowerCase().replace(/\.$/, '');
  return isIP(name) === 0 ? domainToASCII(name) || name : name;
}

function isAmong(host: string, addresses: BlockList): boolean {
  const family = isIP(host);
  return family !== 0 && addresses.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
