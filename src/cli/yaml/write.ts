import { stringify } from 'yaml';

/** A value of JSON as YAML 1.2: no anchors, no folded lines, so that it is as greppable as it is readable. */
export function toYaml(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
}
