import { styleText } from 'node:util';
import { linesByFile, lineAt } from '../../diagnostics/lines.ts';
import { visible } from '../../diagnostics/visible.ts';
import type { CaddyBinary } from '../../binary/find.ts';
import type { Served } from '../../daemon/served.ts';
import { counted } from '../../diagnostics/counted.ts';

export interface Summary {
  readonly binary: CaddyBinary;
  readonly pid: number;
  /** As `--admin` takes it. */
  readonly admin: string;
  readonly sites: readonly Served[];
  /** Those of them that did not answer in time. */
  readonly waiting: readonly Served[];
  /** The revision of before, where it is served because the policies cannot be. */
  readonly former: string | undefined;
  /** Of the internal CA; absent where no site has a certificate of it. */
  readonly rootCertificate: string | undefined;
}

/** Where everything is, for programs. */
export function summaryAsJson({ binary, pid, admin, sites, waiting, former, rootCertificate }: Summary): object {
  const lines = linesByFile();
  return {
    caddy: { path: binary.path, version: binary.version, pid, admin },
    rootCertificate: rootCertificate ?? null,
    former: former ?? null,
    sites: sites.map((site) => ({
      host: site.host,
      url: site.url ?? null,
      way: site.way,
      address: 'path' in site.dial ? `unix/${site.dial.path}` : `${site.dial.host}:${site.dial.port}`,
      ready: !waiting.includes(site),
      policy: { file: site.place.file.path, line: lineAt(lines(site.place.file), site.place.range.start).line },
    })),
  };
}

/** The same for people: one line for each site. */
export function summaryText({ binary, sites, waiting, former }: Summary, color: boolean): string {
  const paint = (style: Style, text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const rows = siteRows(sites, waiting);
  const [wide, wider] = [widest(rows.map(({ where }) => where)), widest(rows.map(({ policy }) => policy))];
  const table = rows.map(({ where, policy, notes }) => {
    const beside = notes.length === 0 ? '' : paint('yellow', notes.join(', '));
    const cells = [paint('cyan', where.padEnd(wide)), paint('dim', policy.padEnd(wider)), beside];
    return `  ${cells.join('  ')}`.trimEnd();
  });
  if (former !== undefined)
    return `${paint('yellow', 'As before.')} Caddy ${binary.version} serves revision ${former}\n`;
  return [headline(binary, sites, waiting, paint), '', ...table, ''].map((line) => `${line}\n`).join('');
}

interface SiteRow {
  readonly where: string;
  readonly policy: string;
  readonly notes: readonly string[];
}

/** Where each site is served, and the line that says so. */
export function siteRows(sites: readonly Served[], waiting: readonly Served[] = []): SiteRow[] {
  const lines = linesByFile();
  return sites.map((site) => {
    const { file, range } = site.place;
    const where = site.url ?? ('path' in site.dial ? `unix/${site.dial.path}` : '');
    const notes = [
      ...(site.way === 'tunnel' ? [`for ${site.host}'s tunnel`] : []),
      ...(waiting.includes(site) ? [site.way === 'https' ? 'no certificate yet' : 'no answer yet'] : []),
    ];
    return { where: visible(where), policy: `${visible(file.path)}:${lineAt(lines(file), range.start).line}`, notes };
  });
}

type Style = 'bold' | 'cyan' | 'dim' | 'green' | 'yellow';

function headline(
  { version }: CaddyBinary,
  sites: readonly Served[],
  waiting: readonly Served[],
  paint: (style: Style, text: string) => string,
): string {
  const hosts = new Set(sites.map(({ host }) => host)).size;
  const what = `Caddy ${version} serves ${counted(hosts, 'site')}`;
  if (waiting.length === 0) return `${paint('green', 'Ready.')} ${paint('bold', what)}`;
  return `${paint('yellow', 'Not all ready.')} ${paint('bold', what)}, and goes on with the others`;
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}
