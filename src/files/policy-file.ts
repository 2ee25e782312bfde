/** A file to read: its path below what the operator typed, and the one real path by which it is read only once. */
export interface FoundFile {
  readonly path: string;
  readonly real: string;
  /** By the operator, and so read wherever it leads. */
  readonly isNamed: boolean;
  /** Found under a name that is not its own. */
  readonly isLinked: boolean;
}

/**
 * Whether a file of this name in a folder is a policy. Names with a leading dot are not: hidden files, editors' locks and
 * swap files (`.#x.yaml`, `.x.yaml.swp`), and `..data` and `..2026_…`, where Kubernetes keeps what it links to.
 */
export function isPolicyFile(name: string): boolean {
  return /^[^.].*\.(ya?ml|json)$/is.test(name);
}
