import { readFile } from 'node:fs/promises';
import type { Answer } from './answer.ts';

const types = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' } as const;

const files = [
  'page.html',
  'page.css',
  'icon.svg',
  'page.js',
  'view.js',
  'lists.js',
  'counters.js',
  'node.js',
  'time.js',
] as const;

/** The status page's files by the paths that they are asked for; read once, as they never change. */
export async function readPage(): Promise<ReadonlyMap<string, Answer>> {
  const answers = files.map(async (name): Promise<[string, Answer]> => {
    const type = types[name.slice(name.indexOf('.') + 1) as keyof typeof types];
    const body = await readFile(new URL(`page/${name}`, import.meta.url), 'utf8');
    return [name === 'page.html' ? '/' : `/${name}`, { status: 200, type: `${type}; charset=utf-8`, body }];
  });
  return new Map(await Promise.all(answers));
}
