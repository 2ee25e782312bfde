import { probeBind } from './bind-probe.ts';

/** The loopback hosts of this machine as listen addresses write them. Containers often have no IPv6, not even this one. */
export async function loopbackHosts(): Promise<readonly string[]> {
  const six = await probeBind('[::1]:0', false);
  return six === 'free' ? ['127.0.0.1', '[::1]'] : ['127.0.0.1'];
}
