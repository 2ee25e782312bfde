import type { JsonValue } from '../caddy/json.ts';
import { shown, shownList } from '../plan/describe/values.ts';
import { at, itemsOf, own } from '../plan/live.ts';

/** How a request ends in a live config. */
export type TraceEnd = { readonly id: string | undefined } & (
  | { readonly kind: 'proxy'; readonly dials: readonly string[] }
  | { readonly kind: 'answer'; readonly status: string; readonly location?: string }
  /** Before error pages, which may make another of it. */
  | { readonly kind: 'error'; readonly status: string }
  | { readonly kind: 'files'; readonly root: string }
  /** Caddy's empty 200. */
  | { readonly kind: 'nothing' }
);

export interface TraceWay {
  /** What only Caddy can tell and must come out so; "" for what is left. */
  readonly provided: string;
  readonly end: TraceEnd;
}

/** What a handler that surely answers does. */
export function endOf(kind: string, handler: JsonValue, id: string | undefined): TraceEnd | undefined {
  switch (kind) {
    case 'reverse_proxy':
      // One that asks first lets some pass.
      if (own(handler, 'handle_response') !== undefined) return undefined;
      return { id, kind: 'proxy', dials: dialsOf(handler) };
    case 'static_response': {
      const location = at(handler, 'headers', 'Location');
      const status = shown(own(handler, 'status_code')) || '200';
      return { id, kind: 'answer', status, ...(location !== undefined && { location: shownList(location) }) };
    }
    case 'error':
      return { id, kind: 'error', status: shown(own(handler, 'status_code')) || '500' };
    case 'file_server':
      return own(handler, 'pass_thru') === true
        ? undefined
        : { id, kind: 'files', root: shown(own(handler, 'root')) || '.' };
    default:
      return undefined;
  }
}

/** Handlers that leave a request to those behind them. */
const PASSING = new Set([
  'headers',
  'vars',
  'encode',
  'request_body',
  'templates',
  'tracing',
  'log_append',
  'intercept',
]);

/** What a handler does that may answer, as only Caddy can tell. */
export function mayEnd(kind: string, handler: JsonValue, id: string | undefined): TraceWay | undefined {
  if (PASSING.has(kind)) return undefined;
  if (kind === 'authentication')
    return { provided: 'the credential is wrong', end: { id, kind: 'error', status: '401' } };
  if (kind === 'rate_limit') return { provided: 'there were too many', end: { id, kind: 'error', status: '429' } };
  if (kind === 'file_server') return { provided: 'there is such a file', end: { id, kind: 'files', root: '.' } };
  if (kind === 'reverse_proxy')
    return { provided: 'the service that is asked refuses', end: { id, kind: 'proxy', dials: dialsOf(handler) } };
  return { provided: `the handler ${kind} answers`, end: { id, kind: 'answer', status: 'its own' } };
}

function dialsOf(handler: JsonValue): string[] {
  return itemsOf(own(handler, 'upstreams')).map((upstream) => shown(own(upstream, 'dial')));
}

/** In one line. */
export function showEnd(end: TraceEnd): string {
  switch (end.kind) {
    case 'proxy':
      return `goes to ${end.dials.join(', ')}`;
    case 'answer':
      return `${end.status}${end.location === undefined ? '' : ` to ${end.location}`}, answered by Caddy itself`;
    case 'error':
      return `${end.status}, unless an error page says otherwise`;
    case 'files':
      return `a file below ${end.root}`;
    case 'nothing':
      return "Caddy's empty 200: no route answers";
    default:
      return end satisfies never;
  }
}
