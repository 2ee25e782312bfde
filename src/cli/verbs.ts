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
    name: 'validate',
    summary: 'check policies; no Caddy needed',
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  {
    name: 'translate',
    summary: "print Caddy's JSON for policies",
    load: async () => (await import('./commands/translate.ts')).translate,
  },
  {
    name: 'explain',
    summary: 'tell which policy line answers a request, and all on the way; no Caddy needed',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  {
    name: 'diff',
    summary: 'show what would change in the live Caddy',
    load: async () => (await import('./commands/diff.ts')).diff,
  },
  {
    name: 'apply',
    summary: 'make the live Caddy serve the policies',
    load: async () => (await import('./commands/apply.ts')).apply,
  },
  {
    name: 'test',
    summary: "run the policies' checks through the live Caddy",
    load: async () => (await import('./commands/test.ts')).test,
  },
  {
    name: 'watch',
    summary: 'keep the live Caddy at what the policies say',
    load: async () => (await import('./commands/watch.ts')).watch,
  },
  {
    name: 'up',
    summary: 'start a Caddy, and keep it at what the policies say',
    load: async () => (await import('./commands/up.ts')).up,
  },
  {
    name: 'status',
    summary: 'tell what a running daemon serves, and what is amiss',
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'history',
    summary: 'list what Caddy was given, and what it runs',
    load: async () => (await import('./commands/history.ts')).history,
  },
  {
    name: 'rollback',
    summary: 'go back to an earlier revision, and stay there until the policies change',
    load: async () => (await import('./commands/rollback.ts')).rollback,
  },
  {
    name: 'doctor',
    summary: "tell how Caddy's admin API is exposed, and how to close it",
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'fmt',
    summary: 'put policy files into their usual form',
    load: async () => (await import('./commands/fmt.ts')).fmt,
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of policy files, for editors',
    load: async () => (await import('./commands/schema.ts')).schema,
  },
  {
    name: 'hash-password',
    summary: 'make a bcrypt hash for basic auth',
    load: async () => (await import('./commands/hash-password.ts')).hashPassword,
  },
  {
    name: 'completion',
    summary: 'print a completion script for a shell',
    load: async () => (await import('./commands/completion.ts')).completion,
  },
  {
    name: 'version',
    summary: 'print the version of caddyctl and what it runs on',
    load: async () => (await import('./commands/version.ts')).version,
  },
];
