import type { SourceFile } from '../diagnostics/position.ts';
import { parsePolicy, type ParseResult } from './parse.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Parses the files of a set, in their order, each with the variables that are there for it. */
export type Parser = (files: readonly SourceFile[], envOf: (file: SourceFile) => Environment) => ParseResult[];

interface Known {
  readonly text: string;
  readonly real: string | undefined;
  /** The variables that it asked for, and what they were. */
  readonly asked: ReadonlyMap<string, string | undefined>;
  readonly result: ParseResult;
}

/** Remembers the set before: a file that says what it said, of variables that are what they were, is not parsed again. */
export function createParser(): Parser {
  let known = new Map<string, Known>();
  return (files, envOf) => {
    const before = known;
    known = new Map();
    return files.map((file) => {
      const env = envOf(file);
      const last = before.get(file.path);
      const now = last !== undefined && isStill(last, file, env) ? last : parsed(file, env);
      known.set(file.path, now);
      return now.result;
    });
  };
}

function isStill({ text, real, asked }: Known, file: SourceFile, env: Environment): boolean {
  return text === file.text && real === file.real && [...asked].every(([name, value]) => env[name] === value);
}

function parsed(file: SourceFile, env: Environment): Known {
  const asked = new Map<string, string | undefined>();
  const noting = new Proxy(env, {
    get(all, name) {
      const value = all[String(name)];
      asked.set(String(name), value);
      return value;
    },
  });
  return { text: file.text, real: file.real, asked, result: parsePolicy(file, noting) };
}
