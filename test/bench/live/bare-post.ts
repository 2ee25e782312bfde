import { startContenders } from '../contenders.ts';
import { policiesOf } from '../sites.ts';
import { liveSite, type Way, type WayParts } from './way.ts';

/** The final JSON, known before and sent as it is: what Caddy itself takes for a change, and nobody is quicker than. */
export async function barePost({ caddyPath, sites }: WayParts): Promise<Way> {
  const first = 'first-of-all';
  const [policy] = policiesOf(sites, 1, 'off');
  const site = liveSite(first).policies.replace('sites: { ', '  ').replace(/ }\n$/, '\n');
  const said = { policies: `${policy?.text}${site}`, caddyfile: () => '' };
  const contender = (await startContenders(caddyPath, said, ['auto'])).get('auto');
  if (contender === undefined) throw new Error('it was not started');
  const { caddy, config, port } = contender;
  return {
    name: 'bare POST',
    port,
    async change(body) {
      const answer = await caddy.admin('POST', '/load', config.replace(first, body));
      if (answer.status !== 200) throw new Error(answer.text);
    },
    stop: () => caddy.stop(),
  };
}
