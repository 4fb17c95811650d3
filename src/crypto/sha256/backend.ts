import type { MessageList } from './message-list.js';

/** Looks for a nonce with which a header's double SHA-256, read as a little-endian number, is at most its target. */
export interface NonceScanner {
  /** Nonces of about 10 ms of work: what is worth a call, and not too long to wait for when the search is to end. */
  readonly slice: number;
  /** The first nonce from `start` that meets the target, or −1 after `count` nonces or at the end of 32 bits. */
  scan(start: number, count: number): number;
}

/** Double SHA-256 of many messages at once, whatever does the work. All hashes are in the order in which they come out. */
export interface Sha256Backend {
  /** For the log, in the manner of Core: what hashes one message, and what hashes several at once. */
  readonly name: string;

  /**
   * Hashes pairs of hashes: the step from one level of a merkle tree to the next.
   *
   * @param pairs 64 bytes each
   * @param hashes takes 32 bytes each; may be the same memory as `pairs`
   */
  hashPairs(pairs: Uint8Array, hashes: Uint8Array): void;

  /** The hashes of all messages, 32 bytes each, one behind the other. */
  hashMessages(messages: MessageList): Uint8Array;

  /**
   * @param header 80 bytes; the nonce in it does not matter
   * @param target 32 bytes little-endian, as hashes are
   */
  scanner(header: Uint8Array, target: Uint8Array): NonceScanner;
}
