import { describe, expect, test } from 'vitest';
import { composeContainer, composeFile, podContainer, readDockerFile } from '../support/containers.ts';

const compose = composeFile('compose.yaml');
const aidoo = composeFile('compose.aidoo.yaml');
const listens = 'unix//run/caddy/admin.sock|0660';
const asks = 'unix//run/caddy/admin.sock';

/** Whoever reaches Caddy's admin API can have it serve anything: what is shipped has it on a socket, and nowhere else. */
describe('the admin API is a socket', () => {
  test.each([
    ['compose.yaml', (name: string) => composeContainer([compose], name)],
    ['compose.yaml with compose.aidoo.yaml', (name: string) => composeContainer([compose, aidoo], name)],
    ['kubernetes.yaml', podContainer],
  ])('%s', (_, container) => {
    expect(container('caddy').env).toMatchObject({ CADDY_ADMIN: listens });
    expect(container('caddyctl').env).toMatchObject({ CADDYCTL_ADMIN: asks });
    // A config of Caddy's own could say something else.
    expect(container('caddy').command.join(' ')).not.toMatch(/caddy run (?!--resume\s*$)|--environ/);
  });

  test('caddyctl.service', () => {
    expect(readDockerFile('caddyctl.service')).toMatch(/^ExecStart=.* --admin unix\/\/run\/caddy\/admin\.sock /m);
  });

  test.each([
    'compose.yaml',
    'compose.aidoo.yaml',
    'kubernetes.yaml',
    'caddyctl.service',
    'caddyctl-up.service',
    'Dockerfile',
  ])('no port of it stands in %s', (name) => {
    expect(readDockerFile(name)).not.toMatch(/\b2019\b/);
  });

  test('the folder of the socket is for root and for the group of caddyctl', () => {
    expect(compose.volumes?.['caddy_admin']).toEqual({
      driver_opts: { type: 'tmpfs', device: 'tmpfs', o: 'mode=0750,uid=0,gid=65532' },
    });
  });
});
