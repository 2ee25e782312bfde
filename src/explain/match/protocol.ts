import type { Condition } from '../../policy/schema/matcher.ts';
import type { Received } from '../received.ts';

/** `protocol`: TLS or not, the HTTP version, or gRPC by its content type. */
export function protocolHolds(wanted: NonNullable<Condition['protocol']>, { tls, asked, headers }: Received): boolean {
  if (wanted === 'https') return tls;
  if (wanted === 'http') return !tls;
  if (wanted === 'grpc') return headers.get('Content-Type')?.[0]?.startsWith('application/grpc') ?? false;
  return asked.protocol === wanted;
}
