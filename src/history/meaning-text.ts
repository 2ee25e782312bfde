import type { Model } from '../ir/model.ts';
import type { Origin } from '../ir/origin.ts';
import { seal, unseal } from './seal.ts';

/** What a revision was made of: what its policies meant, and the ports that it was made for. */
export interface Meaning {
  readonly sites: Model['sites'];
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Modules that the Caddy had, beyond the standard ones. */
  readonly modules: readonly string[];
}

/** Without what was not meant: where it was written, checks and comments. Secrets are never in a model. */
export function encodeMeaning({ sites, ...rest }: Meaning): string {
  const kept = sites.map((site) => ({ ...site, checks: [] }));
  return seal(JSON.stringify({ version: VERSION, ...rest, sites: kept }, flat));
}

/** Undefined for what is damaged, or was written by another version of caddyctl. */
export function decodeMeaning(text: string): Meaning | undefined {
  const body = unseal(text);
  if (body === undefined) return undefined;
  const { version, ...meaning } = JSON.parse(body, raised) as Meaning & { readonly version: unknown };
  return version === VERSION ? meaning : undefined;
}

/** Changes whenever a model is made otherwise: an old one read as a new one would tell lies. */
const VERSION = 1;

const MAP = '\u0000map';
const ORIGIN = '\u0000origin';

function flat(_key: string, value: unknown): unknown {
  if (value instanceof Map) return { [MAP]: [...(value as Map<unknown, unknown>)] };
  return isOrigin(value) ? ORIGIN : value;
}

function raised(_key: string, value: unknown): unknown {
  if (value === ORIGIN) return nowhere;
  const isMap = typeof value === 'object' && value !== null && MAP in value;
  return isMap ? new Map(value[MAP] as [unknown, unknown][]) : value;
}

function isOrigin(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'root' in value && 'file' in value && 'path' in value;
}

/** By now its lines may say something else. */
const nowhere: Origin = {
  file: { path: 'what was applied before', text: '' },
  root: { kind: 'scalar', value: null, plain: false, range: { start: 0, end: 0 } },
  path: [],
};
