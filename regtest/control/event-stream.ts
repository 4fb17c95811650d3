import type { WebSocket } from 'ws';
import type { LabEvent } from '../events/lab-event.js';
import { LabError } from './lab-error.js';
import { type LabEntry, type LabPush, WS_LIMIT, WS_UNAUTHORIZED } from './protocol.js';

export type EventStream = AsyncGenerator<LabEvent, void, undefined>;

/** Events that wait to be read; beyond it the socket is not read any more, and the lab leaves events out. */
const MAX_UNREAD = 10_000;

/** The end of a stream, if it is not simply over. */
type End = LabError | undefined;

/** Events of a lab, as {@link LabClient.events} has them. The library of sockets is loaded by the first call. */
export async function* openEvents(
  { url, token }: Pick<LabEntry, 'url' | 'token'>,
  { since, signal }: { readonly since?: number; readonly signal?: AbortSignal },
): EventStream {
  const { WebSocket: Socket } = await import('ws');
  signal?.throwIfAborted();
  const socket = new Socket(new URL('/events', url.replace(/^http/, 'ws')));
  const inbox = new Inbox(socket);
  socket.once('open', () => socket.send(JSON.stringify({ token, since })));
  const abort = () => socket.terminate();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    yield* inbox.events();
  } finally {
    signal?.removeEventListener('abort', abort);
    socket.terminate();
  }
  signal?.throwIfAborted();
}

/** What has arrived and was not read yet. */
class Inbox {
  private unread: LabEvent[] = [];
  private end: { readonly why: End } | undefined;
  private wake = () => {};

  constructor(private readonly socket: WebSocket) {
    socket.on('message', data => this.take(JSON.parse(String(data))));
    socket.on('error', error =>
      this.finish(new LabError('failed', `the lab's events broke off: ${error.message}`)),
    );
    socket.on('close', (code, reason) => this.finish(whyClosed(code, reason.toString('utf8'))));
  }

  async *events(): EventStream {
    for (;;) {
      const events = this.unread;
      this.unread = [];
      if (this.socket.isPaused) this.socket.resume();
      yield* events;
      if (this.unread.length > 0) continue;
      if (this.end?.why !== undefined) throw this.end.why;
      if (this.end !== undefined) return;
      await new Promise<void>(resolve => {
        this.wake = resolve;
      });
    }
  }

  private take(message: LabPush): void {
    if (message.push === 'events') {
      for (const event of message.events) this.unread.push(event);
      if (this.unread.length > MAX_UNREAD) this.socket.pause();
    } else if (message.push === 'resync') {
      this.finish(
        new LabError('conflict', 'events were left out, because they were not read in time or are gone'),
      );
    }
    this.wake();
  }

  private finish(why: End): void {
    this.end ??= { why };
    this.wake();
  }
}

function whyClosed(code: number, reason: string): End {
  if (code === WS_UNAUTHORIZED) return new LabError('unauthorized', reason);
  if (code === WS_LIMIT) return new LabError('limit', reason);
  return undefined;
}
