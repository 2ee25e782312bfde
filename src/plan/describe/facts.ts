import { canonical, type JsonValue } from '../../caddy/json.ts';

/** One thing that the config says of a site, a route or another item, in the words of the policy language. */
interface Fact {
  /** For people, and perhaps cut; "" where the config says something in a form that is not ours. */
  readonly text: string;
  /** The whole of it: two facts are the same when these are. */
  readonly whole: string;
}

/** By name: `to`, `header X-Frame-Options`, `max_body`. */
export type Facts = ReadonlyMap<string, Fact>;

const LONGEST = 100;

/** Collects facts. The same said twice is said once; different things under one name stand side by side. */
export class FactList {
  readonly #said = new Map<string, Set<string>>();
  readonly #unknown = new Map<string, string>();

  say(name: string, text: string): void {
    const said = this.#said.get(name);
    if (said === undefined) this.#said.set(name, new Set([text]));
    else said.add(text);
  }

  /** What has no words: a raw handler, or an edit by hand. It may hold a secret, so it is compared and never shown. */
  unknown(name: string, value: JsonValue): void {
    this.#unknown.set(name, `${this.#unknown.get(name) ?? ''}${canonical(value)}`);
  }

  facts(): Facts {
    const said = [...this.#said].map(([name, texts]): [string, Fact] => {
      const whole = [...texts].join(', ') || '""';
      return [name, { text: whole.length > LONGEST ? `${whole.slice(0, LONGEST - 1)}…` : whole, whole }];
    });
    return new Map([
      ...said,
      ...[...this.#unknown].map(([name, whole]): [string, Fact] => [name, { text: '', whole }]),
    ]);
  }
}
