import type { AdminPort } from '../admin/port.ts';
import { type Choice, choosePrevious, chooseRevision } from '../history/choose.ts';
import type { StoredEntry } from '../history/entry.ts';
import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { askRunning } from './recall.ts';

/** The entry to go back to; ends the command where there is none, or no single one. `entries`: newest first. */
export async function chosenEntry(
  entries: readonly StoredEntry[],
  revision: string | undefined,
  admin: AdminPort,
  owner: string,
): Promise<StoredEntry> {
  if (revision !== undefined) return orFailure(chooseRevision(entries, revision), revision);
  const running = await askRunning(admin, owner);
  if (running instanceof Error) throw new Failure(exitCodes.unreachable, running.message, running.hint);
  const previous = choosePrevious(entries, admin.address, running ?? undefined);
  if (previous !== undefined) return previous;
  const than = running === null ? '' : ` but ${running}, which runs`;
  throw new Failure(exitCodes.usage, `the history has no good revision of the Caddy at ${admin.address}${than}`, HINT);
}

function orFailure(choice: Choice, typed: string): StoredEntry {
  switch (choice.kind) {
    case 'entry':
      return choice.entry;
    case 'unknown':
      throw new Failure(exitCodes.usage, `the history has no revision ${typed}`, HINT);
    case 'rejected':
      throw new Failure(exitCodes.usage, `Caddy rejected revision ${typed}: there is nothing to go back to`, HINT);
    case 'ambiguous':
      throw new Failure(
        exitCodes.usage,
        `revision "${typed}" may be ${choice.revisions.join(' or ')}`,
        'type more digits',
      );
    default:
      return choice satisfies never;
  }
}

const HINT = '`caddyctl history` lists them';
