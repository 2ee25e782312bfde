import type { CommandModule } from './command.ts';

export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** Imports the verb's own file, so that one verb does not pay for the others. */
  readonly load: () => Promise<CommandModule<object>>;
}

/** All commands, in the order of the help. */
export const verbs: readonly Verb[] = [
  {
    name: 'fmt',
    summary: 'put policy files into their usual form',
    load: async () => (await import('./commands/fmt.ts')).fmt,
  },
  {
    name: 'hash-password',
    summary: 'make a bcrypt hash for basic auth',
    load: async () => (await import('./commands/hash-password.ts')).hashPassword,
  },
  {
    name: 'version',
    summary: 'print the version of caddyctl and what it runs on',
    load: async () => (await import('./commands/version.ts')).version,
  },
];
