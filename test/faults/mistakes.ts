import { execFileSync } from 'node:child_process';
import { rm, symlink, writeFile } from 'node:fs/promises';
import type { Random } from '../support/random.ts';

/** Makes a mistake of a file that has none. `text` is what it says. */
export type Mistake = (path: string, text: string, random: Random) => Promise<void>;

function edit(change: (text: string, random: Random) => string): Mistake {
  return async (path, text, random) => {
    const changed = change(text, random);
    if (changed === text) throw new Error(`a mistake changed nothing of ${path}`);
    await writeFile(path, changed);
  };
}

/** One of the places where it stands. */
function replaceOne(text: string, random: Random, what: RegExp, by: string): string {
  const places = [...text.matchAll(what)];
  const place = places[random(places.length)];
  if (place === undefined) return text;
  return text.slice(0, place.index) + by + text.slice(place.index + place[0].length);
}

/** Each is a mistake wherever it is made, in the files of `bad-file.ts`. */
export const mistakes: Readonly<Record<string, Mistake>> = {
  'a misspelled key': edit((text, random) => replaceOne(text, random, /respond/g, 'respnd')),
  'a misspelled section': edit((text) => text.replace(/^sites/m, 'sitse')),
  'a value of another kind': edit((text, random) => replaceOne(text, random, /respond: \S+/g, 'respond: [1]')),
  'a bracket left open': edit((text, random) => replaceOne(text, random, /\{ /g, '{ { ')),
  'a bracket never closed': edit((text, random) => replaceOne(text, random, / \}/g, ' ')),
  'a tab to indent': edit((text, random) => replaceOne(text, random, /^ {6}/gm, '\t')),
  'a key twice': edit((text) => text.replace(/^ {4}tls: off\n/m, '    tls: off\n    tls: off\n')),
  'a route twice': edit((text) => text.replace(/^ {6}\/x.*\n/m, '$&$&')),
  'a variable that is not set': edit((text, random) => replaceOne(text, random, /(?<=respond: )\S+/g, "'${NOT_SET}'")),
  'a service that there is not': edit((text, random) => replaceOne(text, random, /\{ respond: \S+ \}/g, 'no-service')),
  'two things to do': edit((text, random) => replaceOne(text, random, /\{ respond/g, '{ deny: 403, respond')),
  'a listener that is none': edit((text) => text.replace(/listen: \S+/, "listen: 'nowhere:99999'")),
  'a host that is none': edit((text) => text.replace(/^ {2}\S+:/m, '  "not a host!":')),
  'no route for the rest': edit((text) => text.replace(/^ {6}\/: .*\n/m, '')),
  'a path that is none': edit((text) => text.replace('/x:', 'x y:')),
  'a size that is none': edit((text) => text.replace(/^ {4}tls: off\n/m, '    tls: off\n    max_body: much\n')),
  'a pattern that is none': edit((text, random) =>
    replaceOne(text, random, /\{ respond/g, "{ when: { regex: '(?=a)' }, respond"),
  ),
  'handlers that Caddy has not': edit((text, random) =>
    replaceOne(text, random, /respond: \S+/g, 'raw: [{ handler: no_such_handler }]'),
  ),
  'two documents': edit((text) => `${text}---\n${text}`),
  'a list in place of all': edit((text) => `- ${text.replaceAll('\n', '\n  ')}\n`),
  'a character of no text': edit((text, random) => replaceOne(text, random, /(?<=respond: )\S/g, '\0')),
  'more than is read': edit((text) => `${text}${'# padding\n'.repeat(110_000)}`),
  'bytes that are no text': async (path, text, random) => {
    const bytes = Buffer.from(text);
    bytes[random(bytes.length)] = 0xff;
    await writeFile(path, bytes);
  },
  'cut within a line': async (path, text, random) => {
    const openings = [...text.matchAll(/\{ respond/g)].map(({ index }) => index);
    await writeFile(path, text.slice(0, (openings[random(openings.length)] ?? 0) + 1 + random(9)));
  },
  'a link to nothing': async (path) => {
    await rm(path);
    await symlink('nothing', path);
  },
  'a pipe': async (path) => {
    await rm(path);
    execFileSync('mkfifo', [path]);
  },
};
