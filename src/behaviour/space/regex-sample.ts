/**
 * A few texts that a pattern of RE2 may take, by the common parts of its syntax. They are guesses: whoever asks tries them.
 * With `turn` other branches and counts are taken.
 */
export function regexSamples(pattern: string): string[] {
  const texts = [0, 1, 2, 3].map((turn) => new Sampler(pattern, turn).whole());
  return [...new Set(texts)];
}

class Sampler {
  readonly #letters: readonly string[];
  readonly #turn: number;
  #at = 0;

  constructor(pattern: string, turn: number) {
    this.#letters = Array.from(pattern);
    this.#turn = turn;
  }

  whole(): string {
    const text = this.#alternatives();
    // What is left behind a stray bracket is none of a well-formed pattern.
    return text;
  }

  #alternatives(): string {
    const branches = [this.#sequence()];
    while (this.#take('|')) branches.push(this.#sequence());
    return branches[this.#turn % branches.length] ?? '';
  }

  #sequence(): string {
    let text = '';
    while (this.#at < this.#letters.length && this.#next() !== '|' && this.#next() !== ')') {
      const one = this.#atom();
      text += one.repeat(this.#count());
    }
    return text;
  }

  #atom(): string {
    const letter = this.#letters[this.#at++] ?? '';
    if (letter === '(') return this.#group();
    if (letter === '[') return this.#set();
    if (letter === '\\') return this.#escape();
    if (letter === '^' || letter === '$') return '';
    return letter === '.' ? 'x' : letter;
  }

  #group(): string {
    if (this.#take('?')) {
      const rest = this.#letters.slice(this.#at).join('');
      const [said = '', end = ''] = /^(?:P?<[^>]*>|[a-zA-Z-]*([:)]))/.exec(rest) ?? [];
      this.#at += said.length;
      if (end === ')') return '';
    }
    const text = this.#alternatives();
    this.#take(')');
    return text;
  }

  #set(): string {
    const start = this.#at;
    const isNot = this.#take('^');
    this.#take(']');
    while (this.#at < this.#letters.length && this.#next() !== ']') {
      if (this.#take('\\') || this.#letters.slice(this.#at, this.#at + 2).join('') === '[:') this.#at++;
      this.#at++;
    }
    const inside = this.#letters.slice(start + Number(isNot), this.#at).join('');
    this.#take(']');
    if (isNot) return ['x', '0', '-', 'Z'].find((letter) => !inside.includes(letter)) ?? '~';
    const [first = 'x'] = Array.from(inside.replace(/^\\(.)/, (_, letter: string) => escaped(letter)));
    return first === '[' ? 'x' : first;
  }

  #escape(): string {
    return escaped(this.#letters[this.#at++] ?? '');
  }

  #count(): number {
    const rest = this.#letters.slice(this.#at).join('');
    const [said = '', least, most] = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})\??/.exec(rest) ?? [];
    this.#at += said.length;
    if (least !== undefined) return Math.min(Number(least) + (most === undefined ? 0 : this.#turn % 2), 100);
    if (said === '') return 1;
    return said.startsWith('+') ? 1 + (this.#turn % 2) : this.#turn % 2;
  }

  #next(): string | undefined {
    return this.#letters[this.#at];
  }

  #take(letter: string): boolean {
    if (this.#next() !== letter) return false;
    this.#at++;
    return true;
  }
}

function escaped(letter: string): string {
  const known: Readonly<Record<string, string>> = {
    d: '1',
    w: 'x',
    s: ' ',
    D: 'x',
    W: '-',
    S: 'x',
    A: '',
    z: '',
    b: '',
  };
  return known[letter] ?? letter;
}
