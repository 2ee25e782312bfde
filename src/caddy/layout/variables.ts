import type { CaddyHandler } from '../handlers/context.ts';
import type { JsonObject } from '../json.ts';
import { placeholder } from '../placeholders.ts';
import type { Block } from './block.ts';

export interface Variable {
  readonly name: string;
  readonly values: readonly string[];
}

/** Our variables begin so. A condition of a policy (`expression`) that asks for one must not find it. */
export const VARIABLE = 'caddyctl.v';

export function variableName(index: number): string {
  return placeholder(`${VARIABLE}${index}`);
}

/** The handler that gives each variable its value for the host that was asked for, which a list of these hosts let in. */
export function mapOf(members: readonly Block[], variables: readonly Variable[], from: number): CaddyHandler {
  const mappings = members.flatMap(({ hosts }, index): JsonObject[] => {
    const outputs = variables.map(({ values }) => values[from + index] ?? '');
    return hosts.map((each) => ({ input: keyOf(each), outputs }));
  });
  const source = sourceOf(keyOf(members[0]?.hosts[0] ?? ''));
  return { handler: 'map', source, destinations: variables.map(({ name }) => name), mappings };
}

/** What such a key is compared with: as many labels of the request's host. */
export function sourceOf(key: string): string {
  const labels = key.split('.').length;
  return Array.from({ length: labels }, (_, index) =>
    placeholder(`http.request.host.labels.${labels - 1 - index}`),
  ).join('.');
}

/** The labels that are compared: the first of a wildcard's is anything. */
export function keyOf(host: string): string {
  return host.replace(/^\*\./, '');
}
