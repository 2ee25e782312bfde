import type { Condition } from '../../policy/schema/matcher.ts';
import type { Asked } from '../../explain/asked.ts';
import type { Class, Dimension } from './dimension.ts';

/** Methods that conditions name, and one that none names. */
export function methods(conditions: readonly Condition[]): Dimension[] {
  const named = [...new Set(conditions.flatMap(({ method }) => method ?? []))];
  if (named.length === 0) return [];
  const usual = ['GET', 'POST', 'PUT', 'DELETE', 'PURGE'].find((method) => !named.includes(method)) ?? 'ANY';
  const classes = [usual, ...named].map((method): Class => {
    return { says: method === usual ? 'any other' : method, shape: (draft) => ({ ...draft, method }) };
  });
  return [{ of: 'method', classes, classOf: ({ received }) => 1 + named.indexOf(received.asked.method) }];
}

const VERSIONS = ['http/1.1', 'http/2', 'http/3', 'http/1.0'] as const;

/** HTTP versions in the same way. TLS is the listener's, and gRPC a content type. */
export function protocols(conditions: readonly Condition[]): Dimension[] {
  const named = VERSIONS.filter((version) => conditions.some(({ protocol }) => protocol === version));
  if (named.length === 0) return [];
  const other = VERSIONS.find((version) => !named.includes(version));
  const known: Asked['protocol'][] = [...(other ? [other] : []), ...named];
  const classes = known.map((protocol): Class => {
    return { says: protocol === other ? 'any other' : protocol, shape: (draft) => ({ ...draft, protocol }) };
  });
  const classOf: Dimension['classOf'] = ({ received: { asked } }) => Math.max(0, known.indexOf(asked.protocol));
  return [{ of: 'protocol', classes, classOf }];
}
