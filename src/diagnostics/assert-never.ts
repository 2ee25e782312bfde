/** Ends a switch over a union: the compiler complains here when a kind has no case. */
export function assertNever(value: never): never {
  throw new Error(`no case for ${JSON.stringify(value)}`);
}
