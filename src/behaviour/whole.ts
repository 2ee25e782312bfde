import type { Asked } from '../explain/asked.ts';
import { assertNever } from '../diagnostics/assert-never.ts';
import { counted } from '../diagnostics/counted.ts';
import type { TlsChoice } from '../policy/schema/site.ts';
import type { Change } from './compare.ts';
import type { Meeting } from './meetings.ts';
import { meaningOf } from './meaning.ts';
import type { Side } from './side.ts';

export interface WholeChange {
  readonly change: Change;
  readonly example: Asked;
}

/** What changes for all requests of a host at a listener: that it is there at all, and what TLS says of it. */
export function wholeChanges({ at, host, sample, before, after, listeners }: Meeting): WholeChange[] {
  const example: Asked = {
    method: 'GET',
    at,
    host: sample,
    target: '/',
    headers: [],
    from: at.startsWith('unix/') ? undefined : '203.0.113.1',
    protocol: 'http/1.1',
  };
  const says = (of: string, was: string | undefined, is: string | undefined): WholeChange[] =>
    was === is ? [] : [{ change: { of, before: was, after: is }, example }];
  const [wasThere, isThere] = listeners.map((listener) => listener && (listener.tls ? 'https' : 'http'));
  if (wasThere !== undefined && isThere !== undefined && wasThere !== isThere)
    return says('listener', wasThere, isThere);
  if (host === '*') return before || after ? [] : says('listener', wasThere, isThere);
  if (before === undefined || after === undefined) {
    return before === after ? [] : says('host', before && hostSays(before), after && hostSays(after));
  }
  if (!after.listener.tls) return [];
  const [was, is] = [before.stand.site, after.stand.site];
  return [
    ...says('protocols', was.protocols.value.join(', '), is.protocols.value.join(', ')),
    ...(meaningOf({ tls: was.tls.value }) === meaningOf({ tls: is.tls.value })
      ? []
      : says('certificate', tlsSays(was.tls.value), tlsSays(is.tls.value))),
  ];
}

function hostSays({ stand: { site } }: Side): string {
  return counted(site.routes.length, 'route');
}

function tlsSays(tls: TlsChoice): string {
  switch (tls) {
    case 'auto':
      return 'by ACME';
    case 'internal':
      return "by Caddy's own CA";
    case 'off':
      return 'none';
    default:
      if ('certificate' in tls) return `from ${tls.certificate}`;
      if ('on_demand' in tls) return 'on demand';
      return assertNever(tls);
  }
}
