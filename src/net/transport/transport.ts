import type { TransportName } from '../connection-type.js';

/** Where a transport delivers what it makes of the bytes. */
export interface TransportSink {
  /** A whole message. `wireSize` counts its frame too. The payload may be a view of the received bytes. */
  message(type: string, payload: Uint8Array, wireSize: number): void;
  /** A message that was framed well but is to be ignored (checksum, type); its bytes are counted. */
  rejected(wireSize: number): void;
  /** Bytes that the transport itself has to send (handshakes). */
  send(bytes: Uint8Array): void;
}

/** Turns messages into bytes and back. One per connection. */
export interface Transport {
  readonly name: TransportName;
  /** Hex, empty where the transport has none. */
  readonly sessionId: string;
  /**
   * Takes bytes from the wire. False when they cannot be part of the protocol: the connection is to be closed, and
   * nothing more may be fed.
   */
  receive(bytes: Uint8Array, sink: TransportSink): boolean;
  /** The bytes to send for a message, in order. */
  frame(type: string, payload: Uint8Array): readonly Uint8Array[];
}
