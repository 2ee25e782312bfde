import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemReason } from '../../files/problem.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** More than any history has. */
const MOST = 10_000;

/** What a Caddy of `up` keeps is its own. */
const CADDYS_OWN = 'data';

/** Whether the folder of what caddyctl keeps, and all in it, is for its own user alone. Makes nothing. */
export async function stateFolder(folder: string): Promise<Finding> {
  try {
    const top = await lstat(folder).catch(ifAbsent);
    if (top === undefined) return ok(ID, 'nothing was kept here yet');
    if (!top.isDirectory())
      return problem(ID, `${folder} is no folder`, NOTHING_KEPT, 'name another one with --state-dir');
    const me = process.getuid?.();
    if (me !== undefined && top.uid !== me) {
      const seen = `${folder} belongs to the user ${top.uid}, and this is ${me}`;
      return problem(ID, seen, NOTHING_KEPT, `chown -R ${me} ${folder}, or run caddyctl as that user`);
    }
    const { loose, count } = await looseWithin(folder);
    const [first] = loose;
    if (first !== undefined) {
      const seen = `${loose.length} of the ${count} things that are kept are open to other users, ${first} among them`;
      return problem(ID, seen, OPEN, `chmod -R go-rwx ${folder}`);
    }
    if ((top.mode & 0o077) === 0) return ok(ID, `only this user gets into ${folder}, and to the ${count} things in it`);
    const octal = `0${(top.mode & 0o777).toString(8)}`;
    const why = 'other users see the names in it, though nothing else';
    return warning(ID, `${folder} has the mode ${octal}`, why, `chmod 0700 ${folder}`);
  } catch (error) {
    const seen = `${folder} cannot be looked through: ${systemReason(error)}`;
    return warning(ID, seen, NOTHING_KEPT, 'run caddyctl as the user to whom it belongs');
  }
}

async function looseWithin(folder: string): Promise<{ readonly loose: readonly string[]; readonly count: number }> {
  const loose: string[] = [];
  let count = 0;
  const look = async (at: string): Promise<void> => {
    for (const name of await readdir(at)) {
      if (name === CADDYS_OWN || ++count > MOST) continue;
      const path = join(at, name);
      const found = await lstat(path).catch(ifAbsent);
      // A socket is as safe as its folder; what a link leads to is not ours.
      if (found === undefined || !(found.isFile() || found.isDirectory())) continue;
      if ((found.mode & 0o077) !== 0) loose.push(path);
      if (found.isDirectory()) await look(path);
    }
  };
  await look(folder);
  return { loose, count };
}

function ifAbsent(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}

const ID = 'state-folder';
const OPEN = 'configs that Caddy was given are kept there, and sockets that can change it';
const NOTHING_KEPT = 'without it there is no history, and no way back to what served before';
