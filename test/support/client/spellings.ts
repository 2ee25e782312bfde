/**
 * Ways of writing a path and what lies below it that reach the same place in an app that decodes, merges slashes,
 * resolves dot segments or ignores case. `prefix` has one segment or more and no slash at its end.
 */
export function spellings(prefix: string): string[] {
  const first = prefix.charCodeAt(1).toString(16);
  const rest = prefix.slice(2);
  return [
    prefix,
    `${prefix}/`,
    `${prefix}/x`,
    `${prefix}?x=/`,
    `/${prefix}`,
    `/${prefix}/x`,
    `//${prefix}//x`,
    `/%${first}${rest}`,
    `/%${first}${rest}/x`,
    `${prefix.toUpperCase()}/x`,
    `/${rest.length > 0 ? (prefix[1] ?? '').toUpperCase() + rest : ''}`,
    `${prefix}%2Fx`,
    `/%2F${prefix.slice(1)}/x`,
    `/.${prefix}/x`,
    `/%2e${prefix}/x`,
    `/x/..${prefix}/x`,
    `/x/%2E%2e${prefix}/x`,
    `/x%2F..%2F${prefix.slice(1)}/x`,
    `${prefix}/x/..`,
  ];
}
