import { exitCodes, type ExitCode } from './exit-codes.ts';

/** How a command learns that it shall stop. */
export interface Signals {
  /**
   * From the first call on, the first SIGINT or SIGTERM only aborts this, and the command ends by itself in good order;
   * a second one ends the process at once. Without any call the first one does.
   */
  take(): AbortSignal;
  /** What a process ends with that stopped because of the signal received; undefined when none was. */
  exitCode(): ExitCode | undefined;
}

export function listenForSignals(process: NodeJS.Process): Signals {
  const controller = new AbortController();
  let taken = false;
  let received: ExitCode | undefined;
  const onSignal = (code: ExitCode) => () => {
    if (!taken || received !== undefined) {
      process.exit(code);
    }
    received = code;
    controller.abort();
  };
  process.on('SIGINT', onSignal(exitCodes.interrupted));
  process.on('SIGTERM', onSignal(exitCodes.terminated));
  return {
    take: () => {
      taken = true;
      return controller.signal;
    },
    exitCode: () => received,
  };
}
