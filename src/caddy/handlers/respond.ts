import type { Respond } from '../../policy/schema/handler.ts';
import { literal } from '../placeholders.ts';
import type { CaddyHandler } from './context.ts';

export function respond({ body, status, content_type: type }: Respond): CaddyHandler {
  return {
    handler: 'static_response',
    ...(body !== '' && { body: literal(body) }),
    ...(type !== undefined && { headers: { 'Content-Type': [literal(type)] } }),
    status_code: status,
  };
}
