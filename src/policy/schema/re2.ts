/** The most that a repeat may ask for, nested ones multiplied, in Go's regexp. */
const MOST_REPEATS = 1_000;

const CATEGORY = /^\^?(Any|C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)$/;
const POSIX_CLASS = /^\[:\^?(alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/;

/**
 * What keeps a pattern from being one of Go's regexp (RE2), or undefined. Read from the syntax that Go documents; the pattern
 * is never run, and never given to Node's own engine, whose syntax is another.
 */
export function re2Problem(pattern: string): string | undefined {
  return new Reader(pattern).problem();
}

/** Goes through a pattern once. The first problem ends the way, by letting everything end. */
class Reader {
  #rest: string;
  #problem: string | undefined;

  constructor(pattern: string) {
    this.#rest = pattern;
  }

  problem(): string | undefined {
    this.#alternatives();
    if (this.#rest !== '') this.#fail('a ")" without its "("');
    return this.#problem;
  }

  #fail(problem: string): void {
    this.#problem ??= problem;
    this.#rest = '';
  }

  /** Takes what the expression matches here, if it does. */
  #take(expression: RegExp): RegExpExecArray | undefined {
    const found = expression.exec(this.#rest);
    if (found === null) return undefined;
    this.#rest = this.#rest.slice(found[0].length);
    return found;
  }

  /** Up to a `)` or the end. Answers how often its most repeated part is repeated. */
  #alternatives(): number {
    let most = 1;
    let last: number | undefined;
    let justRepeated = false;
    while (this.#rest !== '' && !this.#rest.startsWith(')')) {
      const repeat = this.#repeat();
      if (repeat === undefined) {
        justRepeated = false;
        last = this.#take(/^\|/) ? undefined : (this.#atom() ?? last);
      } else if (last === undefined) this.#fail(`nothing stands before "${repeat.text}"`);
      else if (justRepeated) this.#fail(`"${repeat.text}" repeats what is repeated already`);
      else {
        justRepeated = true;
        last *= Math.max(repeat.times, 1);
        if (last > MOST_REPEATS) this.#fail(`"${repeat.text}" repeats more than ${MOST_REPEATS} times`);
      }
      most = Math.max(most, last ?? 1);
    }
    return most;
  }

  /** `{` that is no count is a character. */
  #repeat(): { text: string; times: number } | undefined {
    const [text, from, to] = this.#take(/^(?:[*+?]|\{(\d+)(?:,(\d*))?\})\??/) ?? [];
    if (text === undefined) return undefined;
    const [least, most] = [Number(from ?? 1), Number(to || (from ?? 1))];
    if (most < least) this.#fail(`"${text}" ends before it begins`);
    return { text, times: Math.max(least, most) };
  }

  /** One thing that may be repeated, and how often its parts are; undefined for flags, which stand for nothing. */
  #atom(): number | undefined {
    if (this.#rest.startsWith('(')) return this.#group();
    if (this.#rest.startsWith('[')) this.#characterClass();
    else if (this.#take(/^\\Q/)) this.#take(/^.*?(?:\\E|$)/s);
    else if (this.#rest.startsWith('\\')) {
      if (!this.#take(/^\\[AbBz]/)) this.#escape();
    } else this.#take(/^./su);
    return 1;
  }

  #group(): number | undefined {
    if (this.#take(/^\(\?[imsU]*(?:-[imsU]+)?\)/)) return undefined;
    if (!this.#take(/^\(\?(?:P?<\w+>|[imsU]*(?:-[imsU]+)?:)|^\((?!\?)/)) {
      this.#fail(`there is no "${/^\(\?(?:<?[=!]|.)?/su.exec(this.#rest)?.[0]}"`);
      return undefined;
    }
    const most = this.#alternatives();
    if (!this.#take(/^\)/)) this.#fail('a "(" without its ")"');
    return most;
  }

  #characterClass(): void {
    this.#take(/^\[\^?/);
    for (let first = true; first || !this.#rest.startsWith(']'); first = false) {
      if (this.#rest === '') return this.#fail('a "[" without its "]"');
      if (this.#rest.startsWith('[:') && this.#rest.includes(':]')) {
        if (!this.#take(POSIX_CLASS)) return this.#fail(`there is no class "${/^.*?:\]/s.exec(this.#rest)?.[0]}"`);
        continue;
      }
      const from = this.#member();
      if (from === undefined || !/^-[^\]]/su.test(this.#rest)) continue;
      this.#take(/^-/);
      const to = this.#member();
      if (to !== undefined && to < from) return this.#fail('a range of characters that ends before it begins');
    }
    this.#take(/^\]/);
  }

  /** One character of a class by its number, or undefined for an escape that stands for several. */
  #member(): number | undefined {
    return this.#rest.startsWith('\\') ? this.#escape() : this.#take(/^./su)?.[0].codePointAt(0);
  }

  #escape(): number | undefined {
    if (this.#take(/^\\[dDsSwW]/)) return undefined;
    const property = this.#take(/^\\[pP](?:\{([^}]*)\}|(.))/su);
    if (property) {
      const name = property[1] ?? property[2] ?? '';
      if (!CATEGORY.test(name) && !isScript(name.replace(/^\^/, ''))) this.#fail(`there is no "${property[0]}"`);
      return undefined;
    }
    const control = this.#take(/^\\([afnrtv])/)?.[1];
    if (control !== undefined) return { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }[control];
    const octal = this.#take(/^\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/)?.[1];
    if (octal !== undefined) return Number.parseInt(octal, 8);
    const hexadecimal = this.#take(/^\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/);
    if (hexadecimal) {
      const code = Number.parseInt(hexadecimal[1] ?? hexadecimal[2] ?? '', 16);
      if (code > 0x10_ff_ff) this.#fail(`"${hexadecimal[0]}" is no character`);
      return code;
    }
    const punctuation = this.#take(/^\\([^0-9A-Za-z\u0080-\u{10ffff}])/u)?.[1];
    if (punctuation !== undefined) return punctuation.charCodeAt(0);
    this.#fail(this.#rest === '\\' ? 'a "\\" with nothing behind it' : `there is no "${this.#rest.slice(0, 2)}"`);
    return undefined;
  }
}

/** Node's own tables of scripts, asked with a name alone. */
function isScript(name: string): boolean {
  if (!/^[A-Z][A-Za-z_]+$/.test(name)) return false;
  try {
    return new RegExp(`\\p{Script=${name}}`, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
