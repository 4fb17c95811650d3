import type { Clock, Timer } from '../../runtime/clock.js';
import { errorMessage } from '../../runtime/errors.js';
import type { Logger } from '../../runtime/logger.js';
import { type Random, shuffle } from '../random.js';
import type { Connection } from './connection.js';
import type { MessageProcessor } from './processor.js';

/** Machine milliseconds between rounds when nothing happens: deadlines of a mocked clock are looked at this often. */
const TICK_MS = 100;

/**
 * Gives every peer its turn: one message, then the send step, then the next peer. A peer whose message is still being
 * processed is passed over, so that its messages stay in order while others go on.
 */
export class MessageLoop {
  private readonly ready = new Set<Connection>();
  private readonly busy = new Set<Connection>();
  private readonly closing = new Set<Connection>();
  private scheduled = false;
  private ticker: Timer | undefined;
  private stopped = true;
  private idle: (() => void) | undefined;

  constructor(
    private readonly connections: ReadonlyMap<number, Connection>,
    private readonly processor: MessageProcessor,
    private readonly modules: { readonly clock: Clock; readonly logger: Logger; readonly random: Random },
  ) {}

  start(): void {
    this.modules.logger.info('msghand thread start');
    this.stopped = false;
    this.ticker = this.modules.clock.every(TICK_MS, () => this.wakeAll());
  }

  /** Resolves when no message is being processed any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.ticker?.cancel();
    this.ready.clear();
    if (this.busy.size === 0) return;
    await new Promise<void>(resolve => {
      this.idle = resolve;
    });
  }

  /** The peer has something to do. */
  wake(connection: Connection): void {
    if (this.stopped) return;
    this.ready.add(connection);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.round());
  }

  wakeAll(): void {
    for (const connection of this.connections.values()) this.wake(connection);
  }

  /** The connection is closed: the protocol hears of it when the message in work is done. */
  close(connection: Connection): void {
    this.ready.delete(connection);
    if (this.busy.has(connection)) this.closing.add(connection);
    else this.processor.disconnected(connection);
  }

  private round(): void {
    this.scheduled = false;
    const turn = shuffle(this.modules.random, [...this.ready]);
    this.ready.clear();
    for (const connection of turn) {
      if (this.stopped) return;
      if (!connection.disconnecting && !this.busy.has(connection)) this.step(connection);
    }
  }

  private step(connection: Connection): void {
    try {
      const more = this.processor.process(connection);
      if (typeof more === 'boolean') this.finish(connection, more);
      else this.wait(connection, more);
    } catch (thrown) {
      this.fail(connection, thrown);
    }
  }

  private wait(connection: Connection, work: Promise<boolean>): void {
    this.busy.add(connection);
    const settle = (then: () => void) => {
      this.busy.delete(connection);
      if (this.closing.delete(connection)) this.processor.disconnected(connection);
      else if (!this.stopped) then();
      if (this.busy.size === 0) this.idle?.();
    };
    work.then(
      more =>
        settle(() => {
          try {
            this.finish(connection, more);
          } catch (thrown) {
            this.fail(connection, thrown);
          }
        }),
      (thrown: unknown) => settle(() => this.fail(connection, thrown)),
    );
  }

  private finish(connection: Connection, more: boolean): void {
    if (connection.disconnecting) return;
    this.processor.send(connection);
    if (more && !connection.disconnecting && !connection.sendPaused) this.wake(connection);
  }

  /** A bug met while serving one peer costs that peer its connection, not the node its life. */
  private fail(connection: Connection, thrown: unknown): void {
    const trace = thrown instanceof Error ? thrown.stack : undefined;
    this.modules.logger.error(`Error serving peer=${connection.id}: ${trace ?? errorMessage(thrown)}`);
    connection.disconnect();
  }
}
