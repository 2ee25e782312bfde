import type { Diagnostic, Severity } from '../../diagnostics/diagnostic.ts';
import type { Model, Route, Site } from '../model.ts';
import { type Origin, placeOf } from '../origin.ts';

/** What the checks know beside the model. */
export interface CheckContext {
  /** Dial addresses of Caddy's admin API. */
  readonly adminAddresses: readonly string[];
  /** Of our own status, beside the usual one. */
  readonly statusAddresses: readonly string[];
  /** Where sites are served that name no address of their own. */
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Whether Caddy's own authority makes every certificate, whatever the policies say. */
  readonly internalCa: boolean;
}

/** A rule over the whole model. */
export type Check = (model: Model, context: CheckContext) => Diagnostic[];

export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly origin: Origin;
  readonly at?: 'key' | 'value';
  readonly hint?: string;
  readonly related?: { readonly message: string; readonly origin: Origin };
}

export function error(finding: Finding): Diagnostic {
  return diagnostic('error', finding);
}

export function warning(finding: Finding): Diagnostic {
  return diagnostic('warning', finding);
}

function diagnostic(severity: Severity, { code, message, origin, at, hint, related }: Finding): Diagnostic {
  return {
    code,
    severity,
    message,
    hint,
    place: placeOf(origin, at),
    related: related && [{ message: related.message, place: placeOf(related.origin) }],
  };
}

export function eachRoute<T>({ sites }: Model, visit: (route: Route, site: Site) => T[]): T[] {
  return sites.flatMap((site) => site.routes.flatMap((route) => visit(route, site)));
}
