/** Ends one question when its time is over, or when all are to end. */
export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #all: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;

  /** `timeout`: milliseconds. */
  constructor({ timeout, signal }: { readonly timeout: number; readonly signal?: AbortSignal | undefined }) {
    this.#all = signal;
    const reason = `nothing within ${timeout} ms`;
    this.#timer = setTimeout(() => this.#controller.abort(new DOMException(reason, 'TimeoutError')), timeout);
    signal?.addEventListener('abort', this.#end);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The question is answered: of hundreds, each would else hold its timer until it has run out. */
  over(): void {
    clearTimeout(this.#timer);
    this.#all?.removeEventListener('abort', this.#end);
  }

  readonly #end = (): void => this.#controller.abort(this.#all?.reason);
}
