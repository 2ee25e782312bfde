import { pick, type Random } from '../support/random.ts';

/** A value as YAML in one of the many ways to write it: blocks and flows, quotes, anchors and aliases, merges, comments. */
export function writeYaml(value: unknown, random: Random): string {
  return new Writer(random).document(value);
}

class Writer {
  readonly #random: Random;
  /** By the value that stands behind it, as JSON. */
  readonly #anchors = new Map<string, string>();
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  document(value: unknown): string {
    const start = pick(this.#random, ['', '', '---\n', '# a comment\n', '\n\n', '%YAML 1.2\n---\n']);
    return `${start}${this.#block(value, 0).replace(/^[\n ]/, '')}${pick(this.#random, ['\n', '', '\n...\n', '\n# end'])}`;
  }

  /** Behind a colon, a dash or nothing: begins with a blank or a line break. */
  #block(value: unknown, indent: number): string {
    const alias = this.#aliasOf(value);
    if (alias !== undefined) return ` ${alias}`;
    if (typeof value === 'string' && this.#random(4) === 0 && isPlainLines(value)) return this.#literal(value, indent);
    const isFlow = typeof value !== 'object' || value === null || this.#isEmpty(value) || this.#random(4) === 0;
    if (isFlow) return ` ${this.#anchorFor(value)}${this.#flow(value)}`;
    const anchor = this.#anchorFor(value);
    const begin = anchor === '' ? '' : ` ${anchor.trimEnd()}`;
    const pad = ' '.repeat(indent);
    const deeper = indent + 1 + this.#random(4);
    if (Array.isArray(value))
      return `${begin}${value.map((item) => `\n${pad}-${this.#commented(this.#block(item, deeper))}`).join('')}`;
    return `${begin}${this.#parts(value)
      .map(([key, inner]) => `\n${pad}${key}:${this.#commented(this.#block(inner, deeper))}`)
      .join('')}`;
  }

  #flow(value: unknown): string {
    if (typeof value === 'string') return this.#quoted(value);
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const inner = (each: unknown): string => this.#aliasOf(each) ?? this.#flow(each);
    const gap = pick(this.#random, ['', ' ', `\n${' '.repeat(100)}`]);
    // A blank before the comma ends the name of an alias.
    if (Array.isArray(value)) return `[${value.map((item) => `${gap}${inner(item)} `).join(',')}]`;
    const entries = Object.entries(value).map(([key, each]) => `${gap}${this.#quoted(key)}: ${inner(each)} `);
    return `{${entries.join(',')}}`;
  }

  /** A map's entries, some of them by way of a merge. */
  #parts(map: object): [string, unknown][] {
    const entries = Object.entries(map);
    if (entries.length < 2 || this.#random(8) > 0) return entries.map(([key, value]) => [this.#quoted(key), value]);
    const half = Math.floor(entries.length / 2);
    const own = entries.slice(0, half).map(([key, value]): [string, unknown] => [this.#quoted(key), value]);
    // What is merged comes behind a map's own keys, and the order of routes may count.
    return [...own, ['<<', Object.fromEntries(entries.slice(half))]];
  }

  #aliasOf(value: unknown): string | undefined {
    if (this.#random(2) === 0) return undefined;
    const name = this.#anchors.get(JSON.stringify(value));
    return name === undefined ? undefined : `*${name}`;
  }

  #anchorFor(value: unknown): string {
    if (this.#random(6) > 0) return '';
    const name = `${pick(this.#random, ['a', 'é', 'x-y', '_'])}${this.#count++}`;
    this.#anchors.set(JSON.stringify(value), name);
    return `&${name} `;
  }

  #quoted(text: string): string {
    const way = this.#random(3);
    if (way === 0 && /^[a-zA-Z/][\w./-]*$/.test(text) && !/^(true|false|null)$/i.test(text)) return text;
    if (way === 1 && isPlainLines(text) && !text.includes('\n')) return `'${text.replaceAll("'", "''")}'`;
    return JSON.stringify(text);
  }

  #literal(text: string, indent: number): string {
    const pad = ' '.repeat(indent + 1);
    return ` |-\n${text
      .split('\n')
      .map((line) => pad + line)
      .join('\n')}`;
  }

  #commented(text: string): string {
    // Behind a block of lines it would be one of them.
    if (text.includes('|-') || this.#random(10) > 0) return text;
    return text + pick(this.#random, [' # é: "', '\n', ' #']);
  }

  #isEmpty(value: object): boolean {
    return Object.keys(value).length === 0;
  }
}

/** What a block or single quotes hold as it is. */
function isPlainLines(text: string): boolean {
  return /^[!-~][ -~]*(\n[!-~][ -~]*)*$/.test(text);
}
