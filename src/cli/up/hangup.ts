import { closeSync, openSync } from 'node:fs';

export interface Hangups {
  /** Aborts when the terminal goes away: nobody is left then for whom to serve. */
  readonly gone: AbortSignal;
  /** Somebody asks by SIGHUP to look at everything now. */
  onAsked(listener: () => void): void;
}

/** From now on no SIGHUP ends the process by itself, which would leave its Caddy behind. */
export function listenForHangups(process: NodeJS.Process, hasTerminal: () => boolean = isTerminalThere): Hangups {
  const gone = new AbortController();
  const listeners: (() => void)[] = [];
  const began = hasTerminal();
  process.on('SIGHUP', () => {
    // It is one signal for both. A service has no terminal to lose.
    if (began && !hasTerminal()) gone.abort();
    else for (const listener of listeners) listener();
  });
  return { gone: gone.signal, onAsked: (listener) => void listeners.push(listener) };
}

function isTerminalThere(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
