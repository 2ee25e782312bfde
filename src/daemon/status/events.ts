import type { ServerResponse } from 'node:http';
import type { StatusHolder } from './state.ts';

export interface EventStreams {
  /** Whether there is room for one more. */
  hasRoom(): boolean;
  /** Sends the whole status, and again after each change, until the reader goes. The head was not sent yet. */
  add(response: ServerResponse): void;
  /** Ends all streams. */
  close(): void;
}

const mostStreams = 16;
/** Milliseconds: changes that follow each other faster are one event. */
const pause = 100;
/** Milliseconds between two signs of life, so that what stands between can tell a quiet stream from a dead one. */
const heartbeat = 10_000;

/**
 * Server-sent events. Each holds the whole status, so one who missed some needs only the last: for a reader who does not keep
 * up nothing is kept but that there is news. `alive`: whether the worker gets on.
 */
export function createEventStreams(status: StatusHolder, render: () => string, alive: () => boolean): EventStreams {
  const streams = new Map<ServerResponse, { sent: number }>();
  let version = 1;
  let wasAlive = true;
  let news: { readonly version: number; readonly text: string } | undefined;
  let leave: (() => void) | undefined;
  let soon: NodeJS.Timeout | undefined;
  let beats: NodeJS.Timeout | undefined;

  function event(): { readonly version: number; readonly text: string } {
    if (news?.version !== version) news = { version, text: `id: ${version}\nevent: status\ndata: ${render()}\n\n` };
    return news;
  }

  function tell(response: ServerResponse, stream: { sent: number }): void {
    if (stream.sent === version || response.writableNeedDrain) return;
    stream.sent = version;
    response.write(event().text);
  }

  function changed(): void {
    version++;
    soon ??= setTimeout(() => {
      soon = undefined;
      for (const [response, stream] of streams) tell(response, stream);
    }, pause).unref();
  }

  function start(): void {
    leave = status.subscribe(changed);
    beats = setInterval(() => {
      if (alive() !== wasAlive) changed();
      wasAlive = alive();
      for (const response of streams.keys()) if (!response.writableNeedDrain) response.write(': still here\n\n');
    }, heartbeat).unref();
  }

  function stop(): void {
    leave?.();
    clearTimeout(soon);
    clearInterval(beats);
    soon = undefined;
    news = undefined;
    // What changes from now on goes unseen.
    version++;
  }

  return {
    hasRoom: () => streams.size < mostStreams,
    add(response) {
      if (streams.size === 0) start();
      const stream = { sent: 0 };
      streams.set(response, stream);
      response.on('drain', () => tell(response, stream));
      response.on('close', () => {
        streams.delete(response);
        if (streams.size === 0) stop();
      });
      response.write('retry: 2000\n\n');
      tell(response, stream);
    },
    close() {
      for (const response of streams.keys()) response.end();
    },
  };
}
