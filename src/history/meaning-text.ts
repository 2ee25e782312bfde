import type { Model } from '../ir/model.ts';
import type { Origin } from '../ir/origin.ts';
import { PerSite } from '../ir/per-site.ts';
import { listed, seal, unseal } from './seal.ts';

/** What a revision was made of: what its policies meant, and the ports that it was made for. */
export interface Meaning {
  readonly sites: Model['sites'];
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Modules that the Caddy had, beyond the standard ones. */
  readonly modules: readonly string[];
}

/**
 * Without what was not meant: where it was written, checks and comments. Secrets are never in a model. In pieces, as `seal`
 * gives them.
 */
export function encodeMeaning({ sites, ...rest }: Meaning): readonly string[] {
  const head = JSON.stringify({ version: VERSION, ...rest });
  return seal([head.slice(0, -1), ',"sites":', ...listed(sites.map(textOf)), '}']);
}

/** A site that says what it said is the very object that it was. */
function textOf(site: Meaning['sites'][number]): string {
  return texts.of(site, '', () => JSON.stringify(flat({ ...site, checks: [] })));
}

const texts = new PerSite<string>();

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

/** Made before it is written: `JSON.stringify` takes several times as long where it asks a function for each value. */
function flat(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Map) return { [MAP]: flat([...(value as Map<unknown, unknown>)]) };
  if (Array.isArray(value)) return value.map(flat);
  if (isOrigin(value)) return ORIGIN;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, flat(each)]));
}

function raised(_key: string, value: unknown): unknown {
  if (value === ORIGIN) return nowhere;
  const isMap = typeof value === 'object' && value !== null && MAP in value;
  return isMap ? new Map(value[MAP] as [unknown, unknown][]) : value;
}

function isOrigin(value: object): boolean {
  return 'root' in value && 'file' in value && 'path' in value;
}

/** By now its lines may say something else. */
const nowhere: Origin = {
  file: { path: 'what was applied before', text: '' },
  root: { kind: 'scalar', value: null, plain: false, range: { start: 0, end: 0 } },
  path: [],
};
