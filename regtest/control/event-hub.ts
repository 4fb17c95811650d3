import type { WebSocket } from 'ws';
import type { LabEvents } from '../events/event-source.js';
import type { LabEvent } from '../events/lab-event.js';
import type { Access } from './access.js';
import { type LabPush, WS_LIMIT, WS_UNAUTHORIZED } from './protocol.js';

/** A page has one socket, a person some pages, a test some dozens. Each costs as much as {@link MAX_UNSENT_BYTES}. */
export const MAX_CLIENTS = 64;

/** For the first message, with the token. */
export const GREETING_MS = 5_000;

/** Events are sent together when they come this close to each other: people see no delay, and bursts make few messages. */
const BATCH_MS = 50;
/** Events of one message. */
const MAX_BATCH = 1_000;

/** Past events that a client gets after its greeting; one that needs more has to start anew. */
const MAX_CATCH_UP = 10_000;

/** What may wait for a client that does not read; after that events are left out for it. */
export const MAX_UNSENT_BYTES = 4 << 20;

/** A client that does not answer the close of its socket is cut off after this time. */
const CLOSE_MS = 1_000;

/** Sends the events of a lab to all who listen, in batches. Whoever is too slow loses events, and is told so. */
export class EventHub {
  /** All sockets, greeted or not. */
  private readonly sockets = new Set<WebSocket>();
  /** Those that get events; true for those that lost some. */
  private readonly listeners = new Map<WebSocket, boolean>();
  private batch: LabEvent[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly events: LabEvents,
    private readonly access: Access,
  ) {
    this.unsubscribe = events.subscribe(event => this.gather(event));
  }

  /** Takes over a socket that has just been opened. */
  add(socket: WebSocket): void {
    socket.on('error', () => socket.terminate());
    if (this.isClosed) {
      socket.terminate();
      return;
    }
    if (this.sockets.size >= MAX_CLIENTS) {
      shut(socket, WS_LIMIT, `a lab has at most ${MAX_CLIENTS} listeners`);
      return;
    }
    this.sockets.add(socket);
    const refuse = () => shut(socket, WS_UNAUTHORIZED, 'the first message is { token }');
    const timer = setTimeout(refuse, GREETING_MS);
    socket.once('message', data => {
      clearTimeout(timer);
      const greeting = greetingIn(String(data));
      if (greeting === undefined || !this.access.isToken(greeting.token)) refuse();
      else this.greet(socket, greeting.since);
    });
    socket.once('close', () => {
      clearTimeout(timer);
      this.sockets.delete(socket);
      this.listeners.delete(socket);
    });
  }

  /** Sends what is left, and closes all sockets. */
  close(): void {
    this.isClosed = true;
    this.unsubscribe();
    this.flush();
    clearTimeout(this.timer);
    for (const socket of this.sockets) shut(socket, 1001, 'the lab ends');
  }

  private greet(socket: WebSocket, since: number | undefined): void {
    // What others still wait for is older than this socket's greeting.
    this.flush();
    const { lastSeq } = this.events;
    push(socket, { push: 'hello', seq: lastSeq });
    this.listeners.set(socket, false);
    if (since === undefined || since >= lastSeq) return;
    const missed = lastSeq - since <= MAX_CATCH_UP ? this.events.since(since) : [];
    // The first of them may be gone already.
    if (missed[0]?.seq !== since + 1) {
      push(socket, { push: 'resync', seq: lastSeq });
      return;
    }
    for (let at = 0; at < missed.length; at += MAX_BATCH)
      push(socket, { push: 'events', events: missed.slice(at, at + MAX_BATCH) });
  }

  private gather(event: LabEvent): void {
    if (this.listeners.size === 0) return;
    this.batch.push(event);
    if (this.batch.length >= MAX_BATCH) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  /** Sends what was gathered. Who is too slow gets nothing for now, and is told so when there is room again. */
  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const events = this.batch;
    this.batch = [];
    const message = JSON.stringify({ push: 'events', events } satisfies LabPush);
    let someoneWaits = false;
    for (const [socket, hasLost] of this.listeners) {
      if (socket.bufferedAmount > MAX_UNSENT_BYTES) {
        const loses = hasLost || events.length > 0;
        this.listeners.set(socket, loses);
        someoneWaits ||= loses;
      } else if (hasLost) {
        this.listeners.set(socket, false);
        push(socket, { push: 'resync', seq: this.events.lastSeq });
      } else if (events.length > 0) {
        socket.send(message);
      }
    }
    // Nothing may happen for long after the events that were left out.
    if (someoneWaits) this.timer = setTimeout(() => this.flush(), BATCH_MS);
  }
}

function push(socket: WebSocket, message: LabPush): void {
  socket.send(JSON.stringify(message));
}

function shut(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  const timer = setTimeout(() => socket.terminate(), CLOSE_MS);
  socket.once('close', () => clearTimeout(timer));
}

function greetingIn(
  text: string,
): { readonly token: unknown; readonly since: number | undefined } | undefined {
  try {
    const { token, since }: { token?: unknown; since?: unknown } = Object(JSON.parse(text));
    if (since !== undefined && !(Number.isSafeInteger(since) && Number(since) >= 0)) return undefined;
    return { token, since: since === undefined ? undefined : Number(since) };
  } catch {
    return undefined;
  }
}
