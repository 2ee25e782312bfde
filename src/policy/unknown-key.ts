import type { z } from 'zod';
import { suggest } from '../diagnostics/suggest.ts';
import { knownKeys } from './schema-at.ts';

/** What is called otherwise elsewhere: in a Caddyfile, nginx or Traefik. Of several words the first that is known there. */
const otherWords: Readonly<Record<string, readonly string[]>> = {
  address: ['at', 'to'],
  backend: ['to', 'at'],
  backends: ['to', 'at'],
  basic_auth: ['auth'],
  basicauth: ['auth'],
  body: ['respond'],
  certificate: ['tls'],
  client_max_body_size: ['max_body'],
  compression: ['compress'],
  encode: ['compress'],
  file_server: ['files'],
  forward_auth: ['auth'],
  gzip: ['compress'],
  handle: ['routes'],
  health_check: ['health'],
  host: ['at'],
  location: ['routes'],
  locations: ['routes'],
  middlewares: ['use'],
  path: ['routes'],
  paths: ['routes'],
  port: ['at', 'to'],
  proxy: ['to'],
  proxy_pass: ['to'],
  redir: ['redirect'],
  response_headers: ['headers'],
  return: ['respond'],
  reverse_proxy: ['to'],
  root: ['files'],
  server: ['to', 'at'],
  service: ['to'],
  ssl: ['tls'],
  target: ['to', 'at'],
  upstream: ['to', 'at'],
  upstreams: ['to', 'at'],
  url: ['at', 'to'],
};

/** The key that was probably meant by one that is not `known`; undefined where none is near. */
export function meantKey(key: string, known: readonly string[]): string | undefined {
  const word = Object.hasOwn(otherWords, key) ? otherWords[key] : undefined;
  return word?.find((each) => known.includes(each)) ?? suggest(key, known);
}

/** What to do about a key that is known nowhere near: where else it is said, or what is known here. */
export function unknownKeyHint(schema: z.core.$ZodType, key: string, known: readonly string[]): string {
  const isSite = known.includes('routes');
  if (known.includes('sites') && key.includes('.')) return `hosts stand below "sites": sites: { ${key}: … }`;
  if (isSite && key === 'when') return 'it is said of a route: routes: { /: { when: … } }';
  if (isSite && knownKeys(schema, ['services', 'name']).includes(key))
    return `it is said of a service: services: { NAME: { at: …, ${key}: … } }`;
  return `known here: ${known.join(', ')}`;
}
