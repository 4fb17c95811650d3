import type { Connection } from './connection.js';

/** What the connections need of the protocol above them (Core's NetEventsInterface). */
export interface MessageProcessor {
  /** A connection stands. */
  connected(connection: Connection): void;
  /** It is gone, and no message of it is being processed any more. */
  disconnected(connection: Connection): void;
  /**
   * Processes at most one message. The result tells whether there is more to do for this peer; a promise means that it
   * takes longer, and the peer's next message waits for it.
   */
  process(connection: Connection): boolean | Promise<boolean>;
  /** Sends what is due: announcements, requests, pings. */
  send(connection: Connection): void;
  /** These services are what we want from a peer of our choice. */
  hasDesirableServices(services: bigint): boolean;
}
