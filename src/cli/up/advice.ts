import type { MadeUpSecret } from '../../daemon/made-up-secrets.ts';
import { isLocalName, type Served } from '../../daemon/served.ts';

export interface Situation {
  readonly sites: readonly Served[];
  readonly madeUp: readonly MadeUpSecret[];
  readonly rootCertificate: string | undefined;
  /** As `--admin` takes it. */
  readonly admin: string;
  /** How the Caddy that runs is typed. */
  readonly caddy: string;
  /** How this program is typed, and the flags with which it means this Caddy. */
  readonly program: string;
  readonly flags: string;
  /** Whether the files are watched. */
  readonly watches: boolean;
  /** The URL of the status page; absent where there is none. */
  readonly status: string | undefined;
}

/** What somebody who sees this for the first time can do now; blocks of a title and its lines. */
export function advice(situation: Situation): string {
  return [logins(situation), calls(situation), trust(situation), changes(situation)]
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => [title, ...lines.map((line) => `  ${line}`.trimEnd()), ''].join('\n'))
    .join('\n');
}

interface Block {
  readonly title: string;
  readonly lines: readonly string[];
}

function logins({ madeUp }: Situation): Block {
  const title = 'Log in with what was made up for this run, as these variables are not set';
  return { title, lines: loginLines(madeUp) };
}

export function loginLines(madeUp: readonly MadeUpSecret[]): string[] {
  const rows = madeUp.map(({ variable, hosts, login }) => [
    hosts.join(', '),
    login.kind === 'basic' ? `user ${login.user}, password ${login.password}` : `Authorization: Bearer ${login.token}`,
    variable,
  ]);
  return aligned(rows);
}

/** Names that only DNS could know lead here for who says so. */
function calls({ sites, rootCertificate }: Situation): Block {
  const secure = sites.filter(({ way, host, dial }) => way === 'https' && !host.startsWith('*') && !('path' in dial));
  const known = secure.find(isLocalName);
  const unknown = secure.find((site) => !isLocalName(site));
  const trusting = rootCertificate === undefined ? '' : '--cacert "$CA" ';
  const lines = [
    ...(rootCertificate === undefined ? [] : [`CA=${quoted(rootCertificate)}`]),
    ...(known?.url === undefined ? [] : [`curl ${trusting}${known.url}`]),
    ...(unknown?.url === undefined ? [] : [`curl ${trusting}${resolveFlag(unknown)} ${unknown.url}`]),
  ];
  return { title: 'Look (502 means that the app behind is not running)', lines };
}

function trust({ rootCertificate, admin, caddy }: Situation): Block {
  return {
    title: 'Have browsers trust this CA (`untrust` in place of `trust` undoes it)',
    lines: rootCertificate === undefined ? [] : [`${caddy} trust --address ${quoted(admin)}`],
  };
}

/** Whatever DNS says, or does not say, about the name. */
function resolveFlag({ host, dial }: Served): string {
  if ('path' in dial) return '';
  return `--resolve ${host}:${dial.port}:${dial.host.includes(':') ? `[${dial.host}]` : dial.host}`;
}

function changes({ sites, program, flags, watches, status }: Situation): Block {
  const file = (sites.find(({ host }) => host === 'localhost') ?? sites[0])?.place.file.path;
  const rows = [
    ...(file === undefined || !watches ? [] : [[`edit ${file}`, 'a mistake is told here, and harms nothing']]),
    [`${program} history ${flags}`, 'what was served, and when'],
    [`${program} rollback ${flags}`, 'back to what was served before, until a file changes'],
    ...(status === undefined ? [] : [[status, 'how it is']]),
  ];
  const title = watches ? 'Change something: what is saved is served at once' : 'Look further';
  return { title: `${title}; Ctrl-C here ends it all`, lines: aligned(rows) };
}

/** Columns as wide as their widest cell; a line of one cell alone does not count. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const counted = rows.filter(({ length }) => length > 1);
  const width = (column: number): number => Math.max(0, ...counted.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(row.length > 1 ? width(column) : 0)).join('  '));
}

/** For a shell, where it needs that. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
