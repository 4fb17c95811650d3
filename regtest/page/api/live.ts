import {
  type LabPush,
  type LabView,
  type ReplayInfo,
  WS_LIMIT,
  WS_UNAUTHORIZED,
} from '../../control/protocol.js';
import type { LabEvent } from '../../events/lab-event.js';
import { RecordingError } from '../../events/recording.js';
import type { LabStore } from '../state/lab-store.js';
import { MAX_LISTED_EVENTS } from '../state/limits.js';
import { count } from '../text.js';
import { loadAllEvents } from './event-pages.js';
import { CommandFailed, type LabApi } from './lab-api.js';

/** Waits between attempts to reach a lab that does not answer. */
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 5000;

/** Balances and the like change without an event; they are asked for this often, when something has happened. */
const REFRESH_MS = 2000;

/** And this often when nothing has: what others do, such as a recording, may tell nothing. */
const IDLE_REFRESH_MS = 10_000;

/** Keeps a store up to date with a running lab: a view first, then events; a view again when any were missed. */
export class LiveFeed {
  private socket: WebSocket | undefined;
  /** Events that come while a view is under way. */
  private waiting: LabEvent[] | undefined;
  private retryMs = FIRST_RETRY_MS;
  private refreshedSeq = 0;
  private refreshedAt = 0;
  private isClosed = false;

  constructor(
    readonly api: LabApi,
    private readonly store: LabStore,
    /** What is served is a recording, and shown now. */
    private readonly onRecording: () => void,
  ) {}

  start(): void {
    void this.connect();
    globalThis.setInterval(() => this.refreshIfDue(), REFRESH_MS);
  }

  /** Asks for what changes without an event. */
  readonly refresh = async (): Promise<void> => {
    this.refreshedSeq = this.store.live.seq;
    this.refreshedAt = performance.now();
    try {
      this.store.refresh(await this.api.call('status', {}));
    } catch {
      // The socket's end tells it when the lab is gone.
    }
  };

  private async connect(): Promise<void> {
    if (!(await this.load())) return;
    const socket = new WebSocket(`${this.api.origin.replace(/^http/, 'ws')}/events`);
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ token: this.api.token, since: this.store.live.seq }));
    socket.onmessage = message => this.receive(JSON.parse(String(message.data)));
    socket.onclose = ({ code }) => this.ended(code);
  }

  /**
   * Asks for the view.
   *
   * @returns false when nothing is to be listened to: a recording is served, or the next attempt is arranged for
   */
  private async load(): Promise<boolean> {
    this.waiting ??= [];
    try {
      const view = await this.api.call('view', {});
      if (view.status.replay !== undefined) {
        await this.showRecording(view, view.status.replay);
        return false;
      }
      const since = Math.max(this.store.live.listedSeq, view.status.seq - MAX_LISTED_EVENTS);
      const { events } = await this.api.call('events', { since });
      this.store.load(view, events);
      const waiting = this.waiting ?? [];
      this.waiting = undefined;
      this.take(waiting);
      return true;
    } catch (thrown) {
      this.waiting = undefined;
      if (thrown instanceof RecordingError)
        this.store.setNotice(`The recording cannot be shown: ${thrown.message}.`);
      else if (thrown instanceof CommandFailed && thrown.code === 'unauthorized') this.refuse();
      else this.retry();
      return false;
    }
  }

  private async showRecording(start: LabView, { file: name, events: length }: ReplayInfo): Promise<void> {
    const { api, store } = this;
    const tell = (read: number) =>
      store.setNotice(`Reading ${name}: ${count(read)} of ${count(length)} events.`);
    tell(0);
    const events = await loadAllEvents(api, tell);
    await store.openServed({ name, events, start });
    store.setNotice(undefined);
    this.onRecording();
  }

  private receive(push: LabPush): void {
    if (push.push === 'hello') {
      this.retryMs = FIRST_RETRY_MS;
      this.store.setConnection('open');
    } else if (push.push === 'resync') {
      void this.load();
    } else if (this.waiting !== undefined) {
      this.waiting.push(...push.events);
    } else {
      this.take(push.events);
    }
  }

  private take(events: readonly LabEvent[]): void {
    const { live } = this.store;
    for (const event of events) {
      if (event.seq <= live.seq) continue;
      if (event.seq > live.seq + 1) {
        void this.load();
        return;
      }
      this.store.apply(event);
    }
    if (live.isStale) void this.load();
  }

  private refreshIfDue(): void {
    const { live, connection } = this.store;
    if (connection !== 'open' || document.hidden) return;
    const isIdle = this.refreshedSeq === live.seq;
    if (!isIdle || performance.now() - this.refreshedAt > IDLE_REFRESH_MS) void this.refresh();
  }

  private ended(code: number): void {
    if (code === WS_UNAUTHORIZED) this.refuse();
    else {
      if (code === WS_LIMIT) this.store.setConnection('full');
      this.retry();
    }
  }

  private refuse(): void {
    this.isClosed = true;
    this.socket?.close();
    this.store.setConnection('unauthorized');
  }

  private retry(): void {
    if (this.isClosed) return;
    if (this.store.connection !== 'full') this.store.setConnection('lost');
    globalThis.setTimeout(() => void this.connect(), this.retryMs);
    this.retryMs = Math.min(2 * this.retryMs, LAST_RETRY_MS);
  }
}
