import * as fc from 'fast-check';

/** A YAML map in any of the ways that people write one: indentation, comments, blank lines, flow and block styles as they fall. */
export const yamlText: fc.Arbitrary<string> = fc
  .record({ seed: fc.noShrink(fc.nat(2 ** 31 - 1)), size: fc.integer({ min: 1, max: 60 }) })
  .map(({ seed, size }) => new Writer(seed, size).document());

const plain = [
  'a',
  'localhost:9000',
  '25MB',
  '1.10',
  '0x1F',
  'null',
  '~',
  'true',
  '-1',
  'x y',
  '/a/*',
  'https://a.b/c?d=#e',
  '{env.X}',
];
const quoted = ["'q'", '"a # b"', '"\\n"', "'it''s'", '""', '"a\\\n      b"', '"two\n\n   lines"', "'two\n   lines'"];
const top = ['sites', 'services', 'global', 'presets', 'zebra', '"quoted"'];

/** The same seed and size give the same text. */
class Writer {
  #state: number;
  #left: number;
  #names = 0;

  constructor(seed: number, size: number) {
    this.#state = seed;
    this.#left = size;
  }

  document(): string {
    const start = this.#one([
      '',
      '',
      '# yaml-language-server: x\n',
      '# about\n\n',
      '# top\n',
      '---\n',
      '--- # start\n',
    ]);
    const used = Array.from({ length: 1 + this.#nat(top.length) }, () => this.#one(top));
    const foot = this.#one(['', '', '# foot\n', '\n# foot\n', '\n\n  # foot\n# and more\n']);
    const text = start + [...new Set(used)].map((key) => this.#pair(key, 0, 0)).join('') + foot;
    return this.#nat(10) === 0 ? text.replaceAll('\n', '\r\n') : text;
  }

  #pair(key: string, indent: number, depth: number): string {
    this.#left--;
    return `${this.#above(indent)}${' '.repeat(indent)}${key}:${this.#value(indent, depth)}`;
  }

  #above(indent: number): string {
    switch (this.#nat(8)) {
      case 0:
        return '\n';
      case 1:
        return `${' '.repeat(this.#one([indent, indent, 0, indent + 1]))}# above ${this.#names++}\n`;
      case 2:
        return `\n\n${' '.repeat(indent)}# far ${this.#names++}\n\n`;
      default:
        return '';
    }
  }

  #end(): string {
    return this.#one(['\n', '\n', '\n', '\n', '  \n', ` # end ${this.#names++}\n`, `    #end ${this.#names++}\n`]);
  }

  #value(indent: number, depth: number): string {
    const deeper = indent + 1 + this.#nat(4);
    const nested = this.#left > 0 && depth < 6;
    switch (this.#nat(nested ? 10 : 6)) {
      case 0:
        return this.#end();
      case 1:
        return ` ${this.#one(quoted).replaceAll('\n', `\n${' '.repeat(deeper)}`)}${this.#end()}`;
      case 2:
        return ` ${this.#flow(3, deeper)}${this.#end()}`;
      case 3:
        return this.#block(indent);
      case 4:
      case 5:
        return ` ${this.#one(plain)}${this.#end()}`;
      case 6:
        return this.#end() + this.#list(this.#one([indent, deeper]), depth + 1);
      default:
        return this.#end() + this.#map(deeper, depth + 1);
    }
  }

  #map(indent: number, depth: number): string {
    const names = Array.from({ length: 1 + this.#nat(4) }, () =>
      this.#one([`k${this.#names++}`, `"k ${this.#names++}"`, `/p${this.#names++}`]),
    );
    return names.map((name) => this.#pair(name, indent, depth)).join('');
  }

  #list(indent: number, depth: number): string {
    const item = (): string => {
      this.#left--;
      const dash = `${this.#above(indent)}${' '.repeat(indent)}-`;
      if (this.#nat(3) === 0 && depth < 6) {
        const pad = 1 + this.#nat(3);
        const first = this.#pair('first', 0, depth + 1).replace(/^[\s\S]*?first/, 'first');
        // Only a value of one line can follow the dash here: the rest of the map gives the indentation.
        return first.indexOf('\n') === first.length - 1
          ? `${dash}${' '.repeat(pad)}${first}${this.#pair('second', indent + 1 + pad, depth + 1)}`
          : `${dash}${this.#value(indent, depth)}`;
      }
      return `${dash}${this.#value(indent, depth)}`;
    };
    return Array.from({ length: 1 + this.#nat(3) }, item).join('');
  }

  #flow(depth: number, indent: number): string {
    const gap = (): string =>
      this.#one([
        '',
        ' ',
        ' ',
        ' ',
        `\n${' '.repeat(indent)}`,
        this.#nat(4) === 0 ? ` # in ${this.#names++}\n${' '.repeat(indent)}` : '',
      ]);
    const inner = (): string =>
      depth > 0 && this.#nat(3) === 0 ? this.#flow(depth - 1, indent) : this.#one(['a', '1.10', '"q, r"', "'x'"]);
    const count = this.#nat(5);
    if (this.#nat(2) === 0) {
      return `[${gap()}${Array.from({ length: count }, inner).join(`${gap()},${gap()}`)}${gap()}]`;
    }
    const pairs = Array.from({ length: count }, () => `f${this.#names++}: ${inner()}`);
    return `{${gap()}${pairs.join(`${gap()},${gap()}`)}${gap()}}`;
  }

  #block(indent: number): string {
    const header = this.#one(['|', '>', '|-', '>+', '|+', '>-']);
    const pad = ' '.repeat(indent + 1 + this.#nat(3));
    const comment = this.#one(['', '', ` # block ${this.#names++}`]);
    const lines = Array.from({ length: 1 + this.#nat(4) }, (_, index) =>
      index === 0 ? `${pad}text` : this.#one([`${pad}more`, `${pad}  deeper`, '', `${pad}# no comment`]),
    );
    return ` ${header}${comment}\n${lines.join('\n')}\n`;
  }

  #nat(below: number): number {
    // Numerical Recipes' generator; its high bits are the good ones.
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * below);
  }

  #one<T>(from: readonly T[]): T {
    return from[this.#nat(from.length)] as T;
  }
}
