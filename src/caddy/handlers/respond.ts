import type { Respond } from '../../policy/schema/handler.ts';
import type { CaddyHandler } from './context.ts';

export function respond({ body, status, content_type: type }: Respond): CaddyHandler {
  return {
    handler: 'static_response',
    ...(body !== '' && { body: body }),
    ...(type !== undefined && { headers: { 'Content-Type': [type] } }),
    status_code: status,
  };
}
