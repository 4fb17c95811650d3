import type { Endpoint } from '../address/endpoint.js';

/** What a connection needs of a socket. Those of `node:net` have it; so have those of networks in memory. */
export interface PeerSocket {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  /** What `data` brings is good only until its listener returns. */
  readonly lendsBytes?: boolean;
  /** @param sent called when the bytes are with the operating system, or with the other end's memory */
  write(bytes: Uint8Array, sent?: () => void): unknown;
  /** Between these two, what is written may go out together. */
  cork(): unknown;
  uncork(): unknown;
  /** Between these two, no `data` comes. A socket may be paused at first. */
  pause(): unknown;
  resume(): unknown;
  setNoDelay(on: boolean): unknown;
  /** Closes at once; what was not sent is lost. `close` follows. */
  destroy(): unknown;
  on(event: 'data', listener: (bytes: Buffer) => void): unknown;
  /** `end`: the other side closed. */
  on(event: 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** An address that takes connections. */
export interface ListeningSocket {
  /** The one asked for, or the one given where that was 0. */
  readonly port: number;
  /** Takes no more; resolves when the port is free. */
  close(): Promise<void>;
}

export interface ListenHandlers {
  readonly accepted: (socket: PeerSocket) => void;
  /** A connection could not be taken. */
  readonly failed: (error: Error) => void;
}

/** An attempt to connect failed; the message is a whole sentence. */
export class ConnectFailed extends Error {
  override readonly name = 'ConnectFailed';
}

/** How peers are reached: TCP for a node by itself, and what else a network of nodes in one process may be joined by. */
export interface SocketLayer {
  /**
   * Connects to an endpoint with an IP address.
   *
   * @param signal ends the attempt
   * @throws ConnectFailed
   */
  connect(endpoint: Endpoint, timeoutMs: number, signal: AbortSignal): Promise<PeerSocket>;
  /** @throws Error with a system `code`, such as `EADDRINUSE` */
  listen(endpoint: Endpoint, handlers: ListenHandlers): Promise<ListeningSocket>;
}
