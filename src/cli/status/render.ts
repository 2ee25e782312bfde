import { styleText } from 'node:util';
import type { StatusDocument } from '../../daemon/status/document.ts';
import { since, took } from '../../daemon/status/page/time.js';
import { counted } from '../../diagnostics/counted.ts';
import { visible } from '../../diagnostics/visible.ts';
import { table } from '../table.ts';
import { placesTable } from './places-table.ts';

export interface RenderOptions {
  readonly color: boolean;
  /** What is fine as well. */
  readonly all: boolean;
  /** Milliseconds. */
  readonly now: number;
}

const tones = { serving: 'green', degraded: 'yellow', 'not-serving': 'red' } as const;

/** The status for a person. */
export function renderStatus(status: StatusDocument, options: RenderOptions): string {
  const { state, reasons, owner, sites, files } = status;
  const style = (tone: 'green' | 'yellow' | 'red' | 'bold', text: string): string =>
    options.color ? styleText(tone, text, { validateStream: false }) : text;
  const headline = `${style(tones[state], `● ${words(state)}`)}, ${counted(sites.length, 'site')} from ${counted(files.length, 'file')}, owner ${visible(owner)}`;
  const complaints = reasons.map(({ message, hint }) => `  ${visible(message)}${hinted(hint)}`);
  const mistakes = found(status);
  const parts = [
    [headline, ...complaints].join('\n'),
    table(facts(status, options.now)).trimEnd(),
    mistakes.length === 0 ? '' : [style('bold', 'Found in the files'), ...mistakes].join('\n'),
    placesTable(status, options).trimEnd(),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** The status in one line, without what goes by with time. */
export function statusLine({ state, revisions, reasons, lastPass, drift }: StatusDocument): string {
  const parts = [
    words(state),
    `revision ${revisions.running ?? 'none'}`,
    ...(drift === undefined ? [] : [`drift ${drift.class}`]),
    ...(lastPass === undefined ? [] : [`last pass ${lastPass.kind}`]),
    ...reasons.slice(0, 1).map(({ message }) => message),
  ];
  return visible(parts.join(', '));
}

function facts({ revisions, caddy, drift, lastPass, startedAt, caddyctl }: StatusDocument, now: number): string[][] {
  const { running, desired, lastApplied } = revisions;
  const wanted = desired === undefined || desired === running ? '' : `, wanted ${desired}`;
  const applied = lastApplied === undefined ? '' : `, applied ${since(lastApplied.at, now)} ago`;
  const answers = caddy.reachable === undefined ? 'not asked yet' : caddy.reachable ? 'answers' : 'does not answer';
  const level = caddy.level === undefined ? '' : `, ${caddy.level} or newer`;
  const pass = lastPass && `${lastPass.kind} ${since(lastPass.at, now)} ago, took ${took(lastPass.milliseconds)}`;
  return [
    ['  revision', `${running ?? 'none'}${applied}${wanted}`],
    [
      '  Caddy',
      `${caddy.address}, ${answers}${caddy.since === undefined ? '' : ` for ${since(caddy.since, now)}`}${level}`,
    ],
    ['  drift', drift === undefined ? 'none' : `${drift.class} for ${since(drift.since, now)}`],
    ['  last pass', pass ?? 'not yet'],
    ['  daemon', `${caddyctl}, runs for ${since(startedAt, now)}`],
  ];
}

function found({ lastPass }: StatusDocument): string[] {
  const { diagnostics = [], diagnosticsTotal = 0 } = lastPass ?? {};
  const lines = diagnostics.map(({ code, severity, message, hint, place }) => {
    const at = place === undefined ? '' : `${place.file}:${place.line}:${place.column} `;
    return `  ${visible(`${at}${severity}[${code}] ${message}`)}${hinted(hint)}`;
  });
  const left = diagnosticsTotal - diagnostics.length;
  return left > 0 ? [...lines, `  … and ${left} more`] : lines;
}

function hinted(hint: string | undefined): string {
  return hint === undefined ? '' : `\n    hint: ${visible(hint)}`;
}

function words(state: StatusDocument['state']): string {
  return state.replace('-', ' ');
}
